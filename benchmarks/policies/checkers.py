"""The command lines that are compared, and how many findings each printed."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peer import built
from benchmarks.policies import checkov
from benchmarks.policies.peers import PEERS
from infra.errors import RezError

if TYPE_CHECKING:
    from collections.abc import Callable

_RULES = Path(__file__).parent / "rules"
_KUBE_SCORE_WARNING = 5
_FAIL = re.compile(r"\bfail: (\d+)")


@dataclass(frozen=True)
class Checker:
    """One of the tools that are compared.

    Attributes:
        name: What it is called in the tables.
        command: The command line for a folder of manifests.
        findings: Counts what it found, from what it printed.
        found: The exit code that says there were findings.
        slow: Whether it takes so long that fewer repeats must do.
    """

    name: str
    command: Callable[[Path], list[str]]
    findings: Callable[[str], int]
    found: int = 1
    slow: bool = False


def ours() -> Checker:
    """The check that is measured."""
    rez = str(Path(sys.executable).with_name("rez"))
    return Checker(
        "rez check",
        lambda folder: [rez, "check", str(folder), "--format", "json"],
        lambda printed: len(json.loads(printed)["findings"]),
        found=4,
    )


def others(say: Callable[[str], None]) -> tuple[list[Checker], list[str]]:
    """The peers, made ready.

    Args:
        say: Takes one line of progress.

    Returns:
        Those that are there, and a line for each that could not be made.
    """
    ready: list[Checker] = []
    absent: list[str] = []
    for make in (_kube_score, _conftest, _kyverno, _checkov):
        try:
            ready.append(make(say))
        except RezError as error:
            absent.append(f"- left out: {' '.join(str(error).split())}")
    return ready, absent


def _kube_score(say: Callable[[str], None]) -> Checker:
    start = [str(built(PEERS["kube-score"], say)), "score", "--output-format", "json"]
    return Checker("kube-score", lambda folder: [*start, *map(str, sorted(folder.iterdir()))], _of_kube_score)


def _of_kube_score(printed: str) -> int:
    checks = (check for thing in json.loads(printed) or [] for check in thing["checks"] or [])
    return sum(not check["skipped"] and check["grade"] <= _KUBE_SCORE_WARNING for check in checks)


def _conftest(say: Callable[[str], None]) -> Checker:
    start = [str(built(PEERS["conftest"], say)), "test", "--policy", str(_RULES / "rego"), "--output", "json"]
    return Checker("conftest", lambda folder: [*start, str(folder)], _of_conftest)


def _of_conftest(printed: str) -> int:
    return sum(len(file.get("failures", ())) for file in json.loads(printed))


def _kyverno(say: Callable[[str], None]) -> Checker:
    start = [str(built(PEERS["kyverno"], say)), "apply", str(_RULES / "kyverno"), "--resource"]
    return Checker("kyverno", lambda folder: [*start, str(folder)], _of_kyverno, slow=True)


def _of_kyverno(printed: str) -> int:
    """It ends with a line such as `pass: 1, fail: 2, warn: 0, error: 0, skip: 0`."""
    return int(_FAIL.findall(printed)[-1])


def _checkov(say: Callable[[str], None]) -> Checker:
    start = [*checkov.command(say), "--framework", "kubernetes", "--skip-download", "--quiet", "--compact"]
    return Checker("checkov", lambda folder: [*start, "--output", "json", "-d", str(folder)], _of_checkov, slow=True)


def _of_checkov(printed: str) -> int:
    report = json.loads(printed)
    return report["summary"]["failed"] if "summary" in report else 0
