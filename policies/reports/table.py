"""For a terminal: findings below their file, each with its remedy, and a line that sums up."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING, Final

from policies.reports.words import not_judged, plain, totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.judging.assess import Assessment, Placed

_COLORS: Final = {"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m"}
_BOLD: Final = "\x1b[1m"
_PLAIN: Final = "\x1b[0m"


def render(assessment: Assessment) -> str:
    """Show an assessment to a person; colors on a terminal alone, and never with NO_COLOR."""
    colors = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    lines = list(_lines(assessment, colors=colors))
    return "\n".join([*lines, *([""] if lines else []), totals(assessment), *not_judged(assessment)])


def _lines(assessment: Assessment, *, colors: bool) -> Iterator[str]:
    for problem in assessment.problems:
        yield plain(f"{problem.file}:{problem.line}: {problem.message}")
    for file, group in groupby(assessment.findings, key=lambda placed: placed.file):
        yield _painted(plain(file) or f"stack {assessment.stack}", _BOLD, colors=colors)
        for placed in group:
            yield from _finding(placed, colors=colors)
    for placed in assessment.exempted:
        yield plain(f"{placed.file}:{placed.line}: {placed.finding.rule.id} {placed.finding.exemption}")


def _finding(placed: Placed, *, colors: bool) -> Iterator[str]:
    finding = placed.finding
    severity = finding.rule.about.severity.value
    level = _painted(f"{severity:8}", _COLORS[severity], colors=colors)
    yield f"  {placed.line:>5}  {level}  {finding.rule.id} [{finding.enforcement.value}]"
    yield f"         {plain(finding.message)}"
    yield f"         remedy: {finding.remediation}"


def _painted(text: str, color: str, *, colors: bool) -> str:
    return f"{color}{text}{_PLAIN}" if colors else text
