"""Words that the formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.rule import Enforcement

_NAMED: Final = 3
"""So many rules are called by their names in a line; JSON has all of them."""

if TYPE_CHECKING:
    from policies.judging.assess import Assessment, Placed


def place(placed: Placed) -> str:
    """Name where a finding stands, as editors and terminals link it: `file:line`."""
    return f"{placed.file}:{placed.line}" if placed.file else str(placed.finding.resource)


def plain(text: str) -> str:
    """Keep text from elsewhere on its line and out of a terminal's or a job's commands."""
    line = " ".join(text.split())
    shown = "".join(each if each.isprintable() else "?" for each in line)
    return f"./{shown}" if shown.startswith("::") else shown


def totals(assessment: Assessment) -> str:
    """Sum an assessment up in one line."""
    mandatory = sum(each.finding.enforcement is Enforcement.MANDATORY for each in assessment.findings)
    parts = [
        _count(mandatory, "mandatory finding"),
        f"{len(assessment.findings) - mandatory} advisory",
        f"{len(assessment.exempted)} exempted",
    ]
    read = f"{_count(assessment.resources, 'object')} in {_count(assessment.files, 'file')}"
    ignored = f", {_count(assessment.ignored, 'document')} of other kinds ignored" if assessment.ignored else ""
    broken = f", {_count(len(assessment.problems), 'document')} not readable" if assessment.problems else ""
    return f"{', '.join(parts)}: {read}{ignored}{broken}"


def not_judged(assessment: Assessment) -> list[str]:
    """Name the rules that could not be judged, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for rule, reason in assessment.not_judged:
        reasons.setdefault(reason, []).append(rule)
    return [f"not judged: {_few(rules)}: {reason}" for reason, rules in reasons.items()]


def _few(rules: list[str]) -> str:
    return ", ".join(rules) if len(rules) <= _NAMED else _count(len(rules), "rule")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
