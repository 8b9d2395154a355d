"""Words that the formats share, and text of strangers made fit to stand among them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from infra.preview.report import Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.preview.report import Change, Field, Found, Report

OPS: Final = (Op.DELETE, Op.REPLACE, Op.FORGET, Op.CHANGE, Op.RENEW, Op.CREATE)
"""Worst first."""
_LONGEST: Final = 400
_DEEPEST: Final = 80
_HIDDEN: Final = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Characters that move the cursor, turn the writing's direction or are not seen at all."""


def verdict(report: Report) -> str:
    """Say in a word how it ended."""
    if report.failures:
        return "failed"
    return "blocked" if report.blocked else "settings refused" if report.refused else "passed"


def totals(report: Report) -> str:
    """Count what would be done; of a program that fails, what it declared before."""
    parts = [f"{count} to {op.value}" for op in OPS if (count := report.count(op))]
    if not (report.passed or parts or report.unchanged):
        return "nothing is planned"
    told = [*parts, f"{report.unchanged} unchanged"]
    if report.failures:
        return f"as far as is known: {', '.join(told)}"
    return ", ".join(told if parts else ["nothing to do", *told])


def subject(report: Report) -> str:
    """Say what was compared with what, and who judged it."""
    of = report.subject
    return f"{of.head} against {of.base}, judged by the policies of {of.judge}; nothing was touched"


def where(found: Found) -> str:
    """Name the places of a finding, settings with their names."""
    return ", ".join(f"{place} {place.setting}".strip() for place in found.places)


def standing(report: Report) -> tuple[list[Found], list[Found], list[Found]]:
    """The findings that block, those that warn, and those that are set aside."""
    stands = [each for each in report.findings if not each.exemption]
    return (
        [each for each in stands if each.blocks],
        [each for each in stands if not each.blocks],
        [each for each in report.findings if each.exemption],
    )


def effect(change: Change) -> str:
    """What happens to an object beside its fields."""
    was = f"was {change.was}" if change.was else ""
    return "; ".join(part for part in ("protected" if change.protected else "", was, change.cost) if part)


def cut(fields: Sequence[Field], most: int) -> tuple[Sequence[Field], int]:
    """The first fields, and how many are left out."""
    return fields[:most], max(0, len(fields) - most)


def safe(text: str, longest: int = _LONGEST) -> str:
    """Text on one line, not too long, in which nothing is hidden and nothing commands a terminal."""
    flat = " ".join(text.split())
    shown = "".join(_visible(each) for each in flat[:longest])
    return shown if len(flat) <= longest else f"{shown}… ({len(flat) - longest} more characters)"


def lines(text: str) -> list[str]:
    """Text line by line, as safe as one, with its indentation: a traceback is read by that."""
    return [each[: min(_DEEPEST, len(each) - len(each.lstrip(" ")))] + safe(each) for each in text.splitlines()]


def _visible(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if unicodedata.category(sign) in _HIDDEN else sign
