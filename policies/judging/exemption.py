"""An exemption: who sets which rule aside for which object, why and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Exemption(NamedTuple):
    """A rule set aside.

    Attributes:
        rule: The rule's id.
        resource: `Kind namespace/name` as messages name the object, and it alone.
        field: The one field that is exempt, "" for all.
        value: The one value that the field may have, as messages show it, "" for any.
        reason: Why.
        owner: Who answers for it.
        expires: The last day on which it holds.
        origin: Where it stands.
    """

    rule: str
    resource: str
    field: str
    value: str
    reason: str
    owner: str
    expires: date
    origin: str

    def __str__(self) -> str:
        """Say until when, by whom and why."""
        return f"exempt until {self.expires.isoformat()}, {self.owner}: {self.reason} ({self.origin})"
