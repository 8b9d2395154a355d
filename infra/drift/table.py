"""A comparison for a terminal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from infra.drift import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.drift.difference import Difference
    from infra.drift.report import Report


def render(report: Report) -> str:
    """Show a comparison: each object with its differences, then what is to be known, then the whole on one line."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    for each in report.taken_back:
        yield f"taken back: {each.ref} {each.field}".rstrip()
    for ref, group in groupby(report.differences, key=lambda each: each.ref):
        yield str(ref)
        for each in group:
            yield from _difference(each)
    yield from (f"held: {line.replace('`', '')}" for line in words.held(report))
    yield from words.notes(report)
    yield f"stack {report.stack}: {words.total(report)}"


def _difference(each: Difference) -> Iterator[str]:
    if each.path:
        yield f"  {each.field}"
        yield f"    declared {words.value(each.declared)}, live {words.value(each.live)}"
    else:
        yield f"  {words.what(each)}"
    yield f"    by {words.who(each)}" + (f", since {each.since}" if each.since else "")
    yield f"    up --refresh {words.effect(each)}"
    yield f"    remedy: {words.remedy(each)}"
