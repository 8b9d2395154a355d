"""When a backup schedule wants snapshots, and how long it keeps them. Pure, but for new ids.

Source: MongoDB Atlas, Manage Backup Policies: hourly items count from the reference time, daily ones are at it; an
item's interval is the weekday (Monday is 1), the day of the month (40 is its last) or the month.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.local.atlas.store import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.atlas.store import Json

_LAST_DAY: Final = 40
_FIRST: Final = (
    ("hourly", 6, "days", 7),
    ("daily", 1, "days", 7),
    ("weekly", 6, "weeks", 4),
    ("monthly", _LAST_DAY, "months", 12),
    ("yearly", 12, "years", 1),
)
"""What Atlas gives a new cluster with backups: how often, and how long it is kept."""

_HOUR: Final = timedelta(hours=1)
_A_YEAR: Final = timedelta(days=366)
_RAREST: Final = ("yearly", "monthly", "weekly", "daily", "hourly", "ondemand")
_DAYS: Final = {"days": 1, "weeks": 7, "months": 30, "years": 365}


def first(*, backups: bool) -> Json:
    """The schedule of a new cluster.

    Args:
        backups: Whether it has backups, and so the policy that Atlas gives them.
    """
    items = [
        {"id": new_id(), "frequencyType": kind, "frequencyInterval": interval, "retentionUnit": unit,
         "retentionValue": value}
        for kind, interval, unit, value in (_FIRST if backups else ())
    ]  # fmt: skip
    return {
        "policies": [{"id": new_id(), "policyItems": items}],
        "referenceHourOfDay": 0,
        "referenceMinuteOfHour": 0,
        "restoreWindowDays": 7,
    }


def moments(schedule: Json, since: datetime, until: datetime) -> Iterator[tuple[datetime, list[Json]]]:
    """The moments after `since` and up to `until` at which a schedule wants a snapshot, with the items that do."""
    items = [item for policy in schedule.get("policies", []) for item in policy.get("policyItems", [])]
    hour, minute = schedule.get("referenceHourOfDay", 0), schedule.get("referenceMinuteOfHour", 0)
    moment = since.replace(minute=minute, second=0, microsecond=0)
    while moment <= until:
        if moment > since and (found := [item for item in items if _wants(item, moment, hour)]):
            yield moment, found
        moment += _HOUR


def upcoming(schedule: Json, now: datetime) -> datetime | None:
    """The next moment; None if the schedule wants none."""
    return next((moment for moment, _ in moments(schedule, now, now + _A_YEAR)), None)


def rarest(items: list[Json]) -> str:
    """The kind of a snapshot that several items want at once."""
    return min((str(item["frequencyType"]) for item in items), key=_RAREST.index)


def kept_until(items: list[Json], taken: datetime) -> datetime:
    """Until when a snapshot is kept that several items want: as long as the one that wants it longest."""
    return taken + timedelta(days=max(item["retentionValue"] * _DAYS[item["retentionUnit"]] for item in items))


def _wants(item: Json, moment: datetime, hour: int) -> bool:
    kind, interval = item["frequencyType"], item["frequencyInterval"]
    if kind == "hourly":
        return bool((moment.hour - hour) % interval == 0)
    if moment.hour != hour:
        return False
    first = moment.day == 1
    last = (moment + timedelta(days=1)).day == 1
    return bool(
        {
            "daily": True,
            "weekly": moment.isoweekday() == interval,
            "monthly": last if interval == _LAST_DAY else moment.day == interval,
            "yearly": first and moment.month == interval,
        }[kind]
    )
