"""Who is paged: the runbook's six roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pydantic import Field

from infra.settings.units import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

TEAM = "runbook, Team Contacts"

_PLACEHOLDER: Final = re.compile(
    r"\[[^\]]*\]|<[^>]*>|\?{2,}|\b(tbd|change-?me|placeholder|x{3,})\b"
    # Some of these are also parts of people's names: only the whole value says that nobody is meant.
    r"|^(todo|tba|n/a|none|unknown|john doe|jane doe|@handle)$"
    # The domains that are reserved for examples, which no mail ever reaches.
    r"|.@([\w-]+\.)*(example\.(com|net|org)|example|invalid|test|localhost)$",
    re.IGNORECASE,
)
_MADE_UP_NUMBER: Final = re.compile(r"\+1\d{3}555\d{4}|\+\d{0,3}(\d)\1{6,}|\+\d{0,3}0?1234567\d*")


class Contact(Section):
    """How to reach one role."""

    name: str = Field(min_length=1, max_length=80, description=TEAM)
    email: str = Field(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,190}$", examples=["role@rezapp.com"], description=TEAM)
    phone: str | None = Field(
        default=None, pattern=r"^\+[0-9]{7,15}$", examples=["+COUNTRY NUMBER, digits alone"], description=TEAM
    )
    slack: str | None = Field(default=None, pattern=r"^@[A-Za-z0-9._-]{1,80}$", examples=["@name"], description=TEAM)

    def placeholders(self) -> Iterator[tuple[str, str]]:
        """Fields that would page nobody, with their values."""
        for field in ("name", "email", "phone", "slack"):
            value = getattr(self, field)
            if value is None:
                continue
            if _PLACEHOLDER.search(value) or (field == "phone" and _MADE_UP_NUMBER.fullmatch(value)):
                yield field, value


class Contacts(Section):
    """The runbook's roles; a mailbox that rotates people needs no change here."""

    on_call: Contact
    backend_lead: Contact
    devops_lead: Contact
    database_admin: Contact
    security_lead: Contact
    cto: Contact
