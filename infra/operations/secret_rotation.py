"""When secrets are to be rotated, and how that is said; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.text import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infra.settings.inventory import SecretName


@dataclass(frozen=True)
class Age:
    """Since when a secret has its value.

    Attributes:
        since: Its last change, or a moment after it.
        exact: Whether it is the last change itself.
    """

    since: datetime
    exact: bool


def row(secret: SecretName, source: str, age: Age | None, *, days: int, now: datetime) -> dict[str, Any]:
    """What is told of one secret.

    Args:
        secret: Of the inventory.
        source: Where its value is, "" for nowhere.
        age: What is known of its age.
        days: The interval of rotation.
        now: The present.

    Returns:
        ``name``, ``source``, ``used_by``, ``changed`` (a time, None if unknown), ``age_days``, ``exact`` (else it is
        older by an unknown time), ``rotation_days`` (None for what is no credential), ``due`` (a day), ``rotation``:
        ``due``, ``overdue``, ``unknown``, ``never`` or ``missing``.
    """
    due = age.since + timedelta(days=days) if age and secret.rotates else None
    state = "unknown" if due is None else "overdue" if due <= now else "due"
    return {
        "name": secret.name,
        "source": source,
        "used_by": list(secret.used_by),
        "changed": timestamp(age.since) if age else None,
        "age_days": (now - age.since).days if age else None,
        "exact": bool(age and age.exact),
        "rotation_days": days if secret.rotates else None,
        "due": due.date().isoformat() if due else None,
        "rotation": "missing" if not source else state if secret.rotates else "never",
    }


def age_words(found: Mapping[str, Any]) -> str:
    """The age of a secret, for a person."""
    if found["age_days"] is None:
        return "age unknown"
    return f"{'' if found['exact'] else 'at least '}{found['age_days']} d"


def rotation_words(found: Mapping[str, Any]) -> str:
    """When a secret is to be rotated, for a person."""
    if found["rotation"] == "overdue":
        return f"OVERDUE since {found['due']}"
    if found["rotation"] == "due":
        return f"due {'' if found['exact'] else 'by '}{found['due']}"
    said = {"never": "no credential", "missing": "NO VALUE", "unknown": f"due every {found['rotation_days']} d"}
    return said[str(found["rotation"])]
