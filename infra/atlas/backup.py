"""The backup schedule: snapshots of four kinds, and the window for a restore to any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.data import Database

_EVERY_DAY: Final = 1
_SATURDAY: Final = 6
_FIRST: Final = 1


def backup_schedule(database: Database) -> Properties:
    """The schedule, which Atlas reads in UTC."""
    backup = database.backup
    return {
        "clusterName": database.atlas.cluster,
        "restoreWindowDays": backup.restore_window_days,
        "referenceHourOfDay": 0,
        "referenceMinuteOfHour": 0,
        "policyItemHourly": _item(backup.snapshot_every_hours, "days", backup.keep_hourly_days),
        "policyItemDaily": _item(_EVERY_DAY, "days", backup.keep_daily_days),
        "policyItemWeeklies": [_item(_SATURDAY, "weeks", backup.keep_weekly_weeks)],
        "policyItemMonthlies": [_item(_FIRST, "months", backup.keep_monthly_months)],
    }


def _item(interval: int, unit: str, value: int) -> Properties:
    return {"frequencyInterval": interval, "retentionUnit": unit, "retentionValue": value}
