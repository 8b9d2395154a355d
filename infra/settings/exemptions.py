"""Rules of the policy pack that are set aside for a while; the pack itself judges them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from infra import quantities
from infra.settings.units import Section

OURS = "ours: exemptions end by themselves"

Text = Annotated[str, Field(min_length=1, max_length=300)]
Day = Annotated[date, BeforeValidator(quantities.day)]


class Exemption(Section):
    """One rule, for one object."""

    rule: Text = Field(description=OURS, examples=["an id that `rez policies list` shows"])
    resource: str = Field(
        pattern=r"^[A-Z]\w* ([^\s/]+/)?[^\s/]+$",
        description="ours: `Kind namespace/name`, as messages name it",
        examples=["Deployment production/merchant-backend"],
    )
    field: str = Field(default="", description="ours: the one field, as messages name it; all if left out")
    value: str = Field(default="", description="ours: the one value, as messages show it; any if left out")
    reason: Text = Field(description=OURS)
    owner: Text = Field(description=OURS)
    expires: Day = Field(description=f"{OURS}, within 90 days", examples=["2026-12-31, the last day"])


Exemptions = Annotated[tuple[Exemption, ...], Field(strict=False, max_length=32)]
