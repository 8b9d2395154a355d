"""`rez preview --live`: the checkout against the real state and cluster, before somebody agrees to it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from infra.engine import Engine, events
from infra.errors import DriftFound, SettingsError, UnavailableError
from infra.preview import build, digest, judge
from infra.preview.plan import Plan
from infra.preview.report import Subject
from infra.preview.sandbox import Done
from infra.preview.workplace import workplace
from infra.settings.stack_file import file_of

if TYPE_CHECKING:
    from pathlib import Path

    from infra.preview.report import Report


def preview(root: Path, *, stack: str) -> Report:
    """Preview the checkout; nothing is touched.

    Args:
        root: The checkout, whose policies judge.
        stack: The stack's name.

    Raises:
        UnavailableError: The cluster does not answer, so that nobody knows what would really change.
        DriftFound: Somebody else holds a field that would be changed.
        RezError: The engine got no further.
    """
    try:
        plan = _plan(Engine(stack, root).plan())
    except SettingsError as error:
        plan = Plan(problems=tuple(error.problems))
    with workplace() as folder:
        judged = judge.judge(_python(root), plan.digest or digest.NOTHING, stack=stack, file=folder / "plan.json")
    subject = Subject(stack=stack, base="the live state", head="this checkout", judge="this checkout")
    return build.report(subject, plan, judged, _text(root / file_of(stack)), plan.notes)


def _plan(output: str) -> Plan:
    plan = json.loads(output)
    problems, failures = digest.errors(plan)
    failure = events.judge(digest.told(plan), "", 1 if problems or failures else 0, writes=True)
    if isinstance(failure, (UnavailableError, DriftFound)):
        raise failure
    return Plan(plan, tuple(problems), tuple(failures))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _python(root: Path) -> Any:
    def run(*args: str) -> Done:
        command = [sys.executable, "-P", *args]
        done = subprocess.run(command, cwd=root, text=True, capture_output=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    return run
