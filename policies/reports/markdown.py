"""For a pull request's comment or a job summary: Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.reports.cells import cell, code
from policies.reports.words import not_judged, place, totals
from policies.rule import Enforcement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.judging.assess import Assessment, Placed


def render(assessment: Assessment) -> str:
    """Show an assessment: what blocks, what warns, what is exempt, what could not be read."""
    return "\n".join(_lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    state = "blocked" if assessment.blocked else "not readable" if assessment.problems else "passed"
    yield f"### Policies: {state}"
    yield ""
    yield f"Stack `{assessment.stack}`: {totals(assessment)}."
    for line in not_judged(assessment):
        yield from ("", cell(line))
    if assessment.findings:
        yield from ("", "| severity | rule | where | what | remedy |", "|---|---|---|---|---|")
        yield from map(_row, assessment.findings)
    if assessment.exempted:
        yield from ("", "| exempt | where | by |", "|---|---|---|")
        for each in assessment.exempted:
            yield f"| {each.finding.rule.id} | {code(place(each))} | {cell(str(each.finding.exemption))} |"
    if assessment.problems:
        yield ""
        for problem in assessment.problems:
            yield f"- {code(f'{problem.file}:{problem.line}')} {cell(problem.message)}"


def _row(placed: Placed) -> str:
    finding = placed.finding
    severity = finding.rule.about.severity.value
    level = f"**{severity}**" if finding.enforcement is Enforcement.MANDATORY else f"{severity} (advisory)"
    cells = (level, finding.rule.id, code(place(placed)), cell(finding.message), cell(finding.remediation))
    return f"| {' | '.join(cells)} |"
