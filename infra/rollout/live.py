"""Tolerant readers of live objects: a status may be partial, absent or junk, and reading it never raises."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def dig(value: object, *keys: str) -> object:
    """The value below the keys, or None where a step is missing or is no mapping."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def mapping(value: object, *keys: str) -> dict[str, Any]:
    """The mapping below the keys; empty when there is none."""
    found = dig(value, *keys)
    return found if isinstance(found, dict) else {}


def objects(value: object, *keys: str) -> list[dict[str, Any]]:
    """The mappings in the list below the keys; empty when there is none."""
    found = dig(value, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text(value: object, *keys: str) -> str:
    """The string below the keys; "" when there is none."""
    found = dig(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: object, *keys: str) -> int:
    """The integer below the keys; 0 when there is none."""
    found = dig(value, *keys)
    if isinstance(found, bool):
        return 0
    if isinstance(found, int):
        return found
    return int(found) if isinstance(found, float) and found.is_integer() else 0


def flag(value: object, *keys: str) -> bool:
    """Whether the value below the keys is true."""
    return dig(value, *keys) is True


def condition(value: object, kind: str) -> dict[str, Any]:
    """The entry of `status.conditions` of that type; empty when there is none."""
    return next((entry for entry in objects(value, "status", "conditions") if entry.get("type") == kind), {})


def name(value: object) -> str:
    """The object's name; "" when it has none."""
    return text(value, "metadata", "name")


def created(value: object) -> datetime | None:
    """When the object was made; None when it does not say."""
    try:
        return datetime.fromisoformat(text(value, "metadata", "creationTimestamp"))
    except ValueError:
        return None


def uid(value: object) -> str:
    """What tells the object from a namesake: its UID, else its name."""
    return text(value, "metadata", "uid") or name(value)
