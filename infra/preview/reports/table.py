"""For a terminal: what is in the way, then what would be done, field by field."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from infra.preview.report import Op
from infra.preview.reports.words import cut, effect, lines, safe, standing, subject, totals, verdict, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.preview.report import Change, Field, Found, Report

    Painter = Callable[[str, str], str]

_MOST_FIELDS: Final = 40
_RED, _YELLOW, _GREEN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[1m", "\x1b[0m"
_COLORS: Final = {
    Op.DELETE: _RED,
    Op.REPLACE: _RED,
    Op.FORGET: _YELLOW,
    Op.CHANGE: _YELLOW,
    Op.RENEW: _YELLOW,
    Op.CREATE: _GREEN,
}


def render(report: Report) -> str:
    """Show a report to a person; colors on a terminal alone, and never with NO_COLOR."""
    paint = _paint if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else _keep
    return "\n".join(_lines(report, paint))


def _paint(text: str, color: str) -> str:
    return f"{color}{text}{_PLAIN}"


def _keep(text: str, _color: str) -> str:
    return text


def _lines(report: Report, paint: Painter) -> Iterator[str]:
    color = _GREEN if report.passed else _RED
    yield f"{paint(f'{report.subject.stack}: {verdict(report)}', color)}; {totals(report)}"
    yield safe(subject(report))
    for text in report.failures:
        yield ""
        yield paint("failed", _RED)
        yield from (f"  {line}" for line in lines(text))
    for found in report.refused:
        yield ""
        yield from _finding(found, "settings", paint(f"{'refused':8}", _RED))
    blocking, warning, exempt = standing(report)
    for found in (*blocking, *warning):
        yield ""
        level = paint(f"{found.severity:8}", _RED if found.blocks else _YELLOW)
        yield from _finding(found, found.rule, level)
    for found in exempt:
        yield ""
        yield from _finding(found, f"{found.rule}, exempt {safe(found.exemption)}", "exempt  ")
    for change in report.changes:
        yield ""
        yield from _change(change, paint)
    if report.notes:
        yield ""
        yield from (f"note: {safe(note)}" for note in report.notes)


def _finding(found: Found, title: str, level: str) -> Iterator[str]:
    place = where(found)
    yield f"{level} {title}{f'  {safe(place)}' if place else ''}"
    yield f"         {safe(found.message)}"
    if found.remedy:
        yield f"         remedy: {safe(found.remedy)}"


def _change(change: Change, paint: Painter) -> Iterator[str]:
    yield f"{paint(f'{change.op.value:8}', _COLORS[change.op])} {paint(safe(str(change)), _BOLD)}"
    if said := effect(change):
        yield f"         {safe(said)}"
    shown, left = cut(change.fields, _MOST_FIELDS)
    yield from (f"         {_field(each)}" for each in shown)
    if left:
        yield f"         … {left} more fields"


def _field(field: Field) -> str:
    reason = "  (forces the replacement)" if field.replaces else ""
    if field.old is None:
        return safe(f"+ {field.path}: {field.new}") + reason
    if field.new is None:
        return safe(f"- {field.path}: {field.old}") + reason
    return safe(f"~ {field.path}: {field.old} → {field.new}") + reason
