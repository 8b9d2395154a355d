"""For people and for an issue: which exemptions there are, and how long they still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from policies.judging.exemption import Exemption


def ending(exemptions: Iterable[Exemption], *, today: date, within_days: int | None) -> list[Exemption]:
    """The exemptions that end soon or have ended, the first to end first.

    Args:
        exemptions: All of them.
        today: The present day.
        within_days: How soon; None for every one.
    """
    found = [each for each in exemptions if within_days is None or (each.expires - today).days <= within_days]
    return sorted(found, key=lambda each: (each.expires, each.rule, each.resource, each.field))


def render(exemptions: Sequence[Exemption], *, today: date) -> str:
    """One line for each, a list in Markdown, too."""
    return "\n".join(_line(each, (each.expires - today).days) for each in exemptions)


def as_json(exemptions: Sequence[Exemption], *, today: date) -> list[dict[str, Any]]:
    """Each as an object."""
    return [
        {
            "rule": each.rule,
            "resource": each.resource,
            "field": each.field,
            "value": each.value,
            "reason": each.reason,
            "owner": each.owner,
            "expires": each.expires.isoformat(),
            "days_left": (each.expires - today).days,
        }
        for each in exemptions
    ]


def _line(exemption: Exemption, days: int) -> str:
    about = " ".join(filter(None, (exemption.resource, exemption.field, exemption.value)))
    left = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    holds = f"has ended {left} ago" if days < 0 else f"holds {left} more" if days else "ends today"
    who = f"{exemption.owner}: {exemption.reason}"
    return f"- {exemption.expires.isoformat()} `{exemption.rule}` {holds}: {about}; {who}"
