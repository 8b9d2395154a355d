"""For a pull request's comment or a job summary: Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.reports.words import place, totals
from policies.rule import Enforcement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.assess import Assessment, Placed


def render(assessment: Assessment) -> str:
    """Show an assessment: what blocks, what warns, what is exempt, what could not be read."""
    return "\n".join(_lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    state = "blocked" if assessment.blocked else "not readable" if assessment.problems else "passed"
    yield f"### Policies: {state}"
    yield ""
    yield f"Stack `{assessment.stack}`: {totals(assessment)}."
    if assessment.findings:
        yield from ("", "| severity | rule | where | what | remedy |", "|---|---|---|---|---|")
        yield from map(_row, assessment.findings)
    if assessment.exempted:
        yield from ("", "| exempt | where | by |", "|---|---|---|")
        for each in assessment.exempted:
            yield f"| {each.finding.rule.id} | {_code(place(each))} | {_cell(str(each.finding.exemption))} |"
    if assessment.problems:
        yield ""
        for problem in assessment.problems:
            yield f"- {_code(f'{problem.file}:{problem.line}')} {_cell(problem.message)}"


def _row(placed: Placed) -> str:
    finding = placed.finding
    severity = finding.rule.about.severity.value
    level = f"**{severity}**" if finding.enforcement is Enforcement.MANDATORY else f"{severity} (advisory)"
    cells = (level, finding.rule.id, _code(place(placed)), _cell(finding.message), _cell(finding.remediation))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Keep text that comes from a pull request from being markup: it must not make links, mentions or HTML."""
    for sign in "\\`*_[]<>|@#":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>@" else {"<": "&lt;", ">": "&gt;", "@": "&#64;"}[sign])
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', ' ').replace('|', chr(92) + '|')}`"
