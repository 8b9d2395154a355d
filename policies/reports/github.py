"""For a GitHub Actions log: annotations on the lines of the pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.reports.words import not_judged, totals
from policies.rule import Enforcement

if TYPE_CHECKING:
    from policies.judging.assess import Assessment, Placed


def render(assessment: Assessment) -> str:
    """Show an assessment as workflow commands, and its sum as plain text."""
    lines = [_command("error", each.file, each.line, "not readable", each.message) for each in assessment.problems]
    lines += [_finding(each) for each in assessment.findings]
    lines += [
        _command("notice", each.file, each.line, each.finding.rule.id, str(each.finding.exemption))
        for each in assessment.exempted
    ]
    return "\n".join([*lines, totals(assessment), *not_judged(assessment)])


def _finding(placed: Placed) -> str:
    finding = placed.finding
    level = "error" if finding.enforcement is Enforcement.MANDATORY else "warning"
    return _command(level, placed.file, placed.line, finding.rule.id, finding.text)


def _command(level: str, file: str, line: int, title: str, message: str) -> str:
    place = f"file={_property(file)},line={line}," if file else ""
    return f"::{level} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """Escape as the runner reads it, so that no text from a manifest can be a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
