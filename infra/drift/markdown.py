"""A comparison for an issue or a job's summary: Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.drift import words
from policies.reports.cells import cell, code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.drift.difference import Difference
    from infra.drift.report import Report

_HEAD = ("object", "field", "declared", "live", "by", "since (UTC)", "`up --refresh`", "remedy")


def render(report: Report) -> str:
    """Show a comparison: what is different, what others hold, what is to be known."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"### Drift: {words.total(report)}"
    yield from ("", f"Stack {code(report.stack)}.")
    if report.differences:
        yield from ("", f"| {' | '.join(_HEAD)} |", "|---" * len(_HEAD) + "|", *map(_row, report.differences))
    if report.held:
        yield from ("", "Held by others, though as declared:", "")
        yield from (f"- {_text(line)}" for line in words.held(report))
    if report.taken_back:
        yield from ("", "Taken back:", "")
        yield from (f"- {code(f'{each.ref} {each.field}'.rstrip())}" for each in report.taken_back)
    if notes := words.notes(report):
        yield from ("", *(f"- {cell(note)}" for note in notes))


def _row(each: Difference) -> str:
    values = [code(words.value(value)) for value in (each.declared, each.live)] if each.path else ["", ""]
    cells = (
        code(str(each.ref)),
        code(each.field) if each.path else cell(words.what(each)),
        *values,
        cell(words.who(each)),
        cell(each.since),
        _text(words.effect(each)),
        _text(words.remedy(each)),
    )
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Text whose commands stand between backticks."""
    parts = text.split("`")
    return "".join(code(part) if place % 2 else cell(f"…{part}…")[1:-1] for place, part in enumerate(parts))
