"""The maintenance window: when Atlas may restart nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.settings.atlas import DAYS
from infra.settings.maintenance import minutes_of_day

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.model import Settings


def maintenance_window(settings: Settings) -> Properties:
    """The window's day (Sunday is 1) and hour, which Atlas reads in its project's time zone.

    The provider's ``autoDefer`` is left out: it is a switch that each update would turn over.
    """
    day = settings.database.atlas.maintenance_day
    return {
        "dayOfWeek": DAYS.index(day) + 1,
        "hourOfDay": minutes_of_day(settings.maintenance.window.start) // 60,
    }
