"""When planned maintenance may happen."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from infra.settings.units import Seconds, Section

SCHEDULE = "runbook, Planned Maintenance: Schedule"


def known_zone(name: str) -> str:
    """The name, if it is a time zone's.

    Raises:
        ValueError: It is none.
    """
    if name == "UTC":
        return name
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        message = f"{name[:40]!r} is not a time zone; write it like UTC or Asia/Kolkata"
        raise ValueError(message) from None
    return name


def minutes_of_day(clock: str) -> int:
    """Minutes since midnight of a time like ``"02:00"``."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=['"02:00"'])]


class Window(Section):
    """The low-traffic hours, in the time zone of the traffic."""

    start: ClockTime = Field(description=SCHEDULE)
    end: ClockTime = Field(description=SCHEDULE)
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(description=SCHEDULE)

    @property
    def length_s(self) -> int:
        """Seconds from start to end; a window may span midnight."""
        return (minutes_of_day(self.end) - minutes_of_day(self.start)) % (24 * 60) * 60


class Maintenance(Section):
    """The rules of planned maintenance."""

    window: Window
    notice_s: Seconds = Field(ge=48 * 3600, le=90 * 24 * 3600, description=f"{SCHEDULE}: at least 48 hours")
    max_duration_s: Seconds = Field(ge=60, le=2 * 3600, description=f"{SCHEDULE}: maximum duration 2 hours")
    rotation_days: int = Field(
        default=30, ge=1, le=365, description="runbook, Security Maintenance: rotate credentials monthly"
    )
