"""Asks a tree's own policies what they say of a plan: a change must not be judged by what it brings along."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from infra.errors import PreconditionError
from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from infra.preview.digest import Digest
    from infra.preview.sandbox import Done

    Python = Callable[..., Done]

_REZ: Final = "from infra.cli import main; main()"


def judge(python: Python, digest: Digest, *, stack: str, file: Path) -> dict[str, Any]:
    """Judge a plan.

    Args:
        python: Runs the judge's interpreter with arguments.
        digest: The plan.
        stack: The stack's name.
        file: Where the plan can be written.

    Returns:
        What `rez check --format json` says.

    Raises:
        PreconditionError: The judge does not know that command, or cannot read the plan.
    """
    file.write_text(json.dumps(digest), encoding="utf-8")
    done = python("-c", _REZ, "check", "--preview", str(file), "--stack", stack, "--format", "json")
    try:
        found: dict[str, Any] = json.loads(done.output)  # also of a plan that is not whole, which it says by its code
    except ValueError:
        why = done.errors.strip() or f"exit code {done.code}"
        raise PreconditionError(f"the base's policies cannot judge the plan: {why}; name a later base") from None
    return found


def stack_file(exemptions: Sequence[Any]) -> str:
    """A stack file for the judge: of all settings it reads the exemptions alone."""
    text: str = yaml.safe_dump({"config": {f"{PROJECT}:exemptions": list(exemptions)}}, sort_keys=False)
    return text
