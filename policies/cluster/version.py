"""Versions that have an order: `v2`, `1.4`, `v1.2.3`, `v1.2.3-rc.1`."""

from __future__ import annotations

import re
from typing import Final

_FORM: Final = re.compile(r"(v?)(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,63}))?", re.ASCII)


def older(one: str, other: str) -> bool:
    """Tell whether a version comes before another.

    Args:
        one: A version.
        other: Another.

    Returns:
        As semantic versioning orders them; False where one of them has another form, or only one has the `v`.
    """
    first, second = _FORM.fullmatch(one), _FORM.fullmatch(other)
    if first is None or second is None or first[1] != second[1]:
        return False
    return _order(first) < _order(second)


def _order(version: re.Match[str]) -> tuple[object, ...]:
    numbers = tuple(int(part or 0) for part in version.group(2, 3, 4))
    early = version[5]
    # A pre-release comes before its release; its numbers come before its words, and a shorter one before a longer one.
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in (early or "").split("."))
    return (*numbers, early is None, parts)
