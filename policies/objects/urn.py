"""What a URN tells: `urn:pulumi:STACK::PROJECT::TYPES::NAME`."""

from __future__ import annotations

from typing import Final

_PARTS: Final = 4


def stack_of(urn: str) -> str:
    """The stack's name."""
    return _part(urn, 0).rpartition(":")[2]


def type_of(urn: str) -> str:
    """The resource's own type, without those of its parents."""
    return _part(urn, 2).rpartition("$")[2]


def name_of(urn: str) -> str:
    """The logical name."""
    return _part(urn, 3)


def _part(urn: str, index: int) -> str:
    parts = urn.split("::", _PARTS - 1)
    return parts[index] if index < len(parts) else ""
