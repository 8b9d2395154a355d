"""When a schedule wants snapshots, what the emulator takes and removes, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.local.atlas import backup_calendar, scheduler
from tests.local.atlas.test_official import Atlas, Serving

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.atlas.app import Emulator

SUNDAY = datetime(2026, 11, 29, 10, 20, tzinfo=UTC)
VERSION = "2024-08-05"


def item(kind: str, interval: int, **changed: Any) -> dict[str, Any]:
    usual = {"id": kind, "frequencyType": kind, "frequencyInterval": interval}
    return {**usual, "retentionUnit": "days", "retentionValue": 7, **changed}


def schedule(*items: dict[str, Any], hour: int = 0, minute: int = 0) -> dict[str, Any]:
    policy = {"id": "p", "policyItems": list(items)}
    return {"policies": [policy], "referenceHourOfDay": hour, "referenceMinuteOfHour": minute}


@pytest.mark.parametrize(
    ("wanted", "hour", "first"),
    [
        (item("hourly", 6), 0, "2026-11-29T12:00"),
        (item("hourly", 6), 3, "2026-11-29T15:00"),
        (item("hourly", 1), 0, "2026-11-29T11:00"),
        (item("daily", 1), 0, "2026-11-30T00:00"),
        (item("daily", 1), 17, "2026-11-29T17:00"),
        (item("weekly", 6), 0, "2026-12-05T00:00"),
        (item("weekly", 1), 0, "2026-11-30T00:00"),
        (item("monthly", 1), 0, "2026-12-01T00:00"),
        (item("monthly", 40), 0, "2026-11-30T00:00"),
        (item("yearly", 12), 0, "2026-12-01T00:00"),
        (item("yearly", 11), 0, "2027-11-01T00:00"),
    ],
)
def test_an_item_s_next_moment(wanted: dict[str, Any], hour: int, first: str) -> None:
    found = backup_calendar.upcoming(schedule(wanted, hour=hour), SUNDAY)
    assert found == datetime.fromisoformat(f"{first}+00:00")


def test_the_minute_counts_and_the_moment_itself_is_over() -> None:
    hourly = schedule(item("hourly", 1), minute=45)
    assert backup_calendar.upcoming(hourly, SUNDAY) == SUNDAY.replace(minute=45)
    assert backup_calendar.upcoming(hourly, SUNDAY.replace(minute=45)) == SUNDAY.replace(hour=11, minute=45)
    assert backup_calendar.upcoming(schedule(), SUNDAY) is None


def test_who_wants_it_rarest_and_longest_decides() -> None:
    items = [item("hourly", 6), item("weekly", 6, retentionUnit="weeks", retentionValue=8), item("daily", 1)]
    assert backup_calendar.rarest(items) == "weekly"
    assert backup_calendar.kept_until(items, SUNDAY) == SUNDAY + timedelta(weeks=8)


class Copying(Serving):
    """Databases that remember what was copied."""

    def __init__(self) -> None:
        self.copies: list[str] = []

    def copy(self, _: str, target: str) -> None:
        self.copies.append(target)

    def drop(self, data: str) -> None:
        self.copies.remove(data)


class Clocked(Atlas):
    """The emulator, whose clock is set ahead and whose schedules are looked at by hand."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.databases = Copying()
        self.emulator = cast("Emulator", self.client.application)
        self.emulator.databases = cast("Any", self.databases)
        self.group = self.project()
        self.cluster(self.group)
        self.path = f"/groups/{self.group}/clusters/merchant/backup"

    def later(self, **more: int) -> list[dict[str, Any]]:
        self.ask("POST", "/emulator/clock", {"aheadS": int(timedelta(**more).total_seconds())})
        scheduler.tick(self.emulator)
        found: list[dict[str, Any]] = self.ask("GET", f"{self.path}/snapshots", version=VERSION)["results"]
        return found

    def change(self, status: int = 200, **body: Any) -> Any:
        return self.ask("PATCH", f"{self.path}/schedule", body, version=VERSION, status=status)


@pytest.fixture
def atlas(tmp_path: Path) -> Clocked:
    return Clocked(tmp_path)


def test_a_new_cluster_has_the_policy_of_atlas_and_its_removal_leaves_the_policy_without_items(atlas: Clocked) -> None:
    found = atlas.ask("GET", f"{atlas.path}/schedule", version=VERSION)
    (policy,) = found["policies"]
    assert [each["frequencyType"] for each in policy["policyItems"]] == [
        "hourly", "daily", "weekly", "monthly", "yearly",
    ]  # fmt: skip
    assert found["nextSnapshot"].endswith("Z")
    removed = atlas.ask("DELETE", f"{atlas.path}/schedule", version=VERSION)
    assert removed["policies"] == [{"id": policy["id"], "policyItems": []}]
    assert "nextSnapshot" not in removed
    assert atlas.later(days=3) == []


def test_snapshots_are_taken_at_their_time_and_kept_as_long_as_was_said(atlas: Clocked) -> None:
    changed = atlas.change(policies=[{"policyItems": [item("hourly", 6, id=None), item("daily", 1, id=None)]}])
    due = changed["nextSnapshot"]
    assert atlas.later() == []
    (first,) = atlas.later(hours=6)
    assert first["createdAt"] >= due
    assert (first["snapshotType"], first["status"], first["type"]) == ("scheduled", "completed", "replicaSet")
    assert atlas.later() == [first]
    ids = {each["frequencyType"]: each["id"] for each in changed["policies"][0]["policyItems"]}
    late, early = atlas.later(days=2)
    assert early == first
    assert (late["frequencyType"], set(late["policyItems"])) == ("daily", set(ids.values()))
    assert atlas.databases.copies == [f"snapshot-{each['id']}" for each in (early, late)]
    kept = atlas.later(days=6)
    assert first not in kept
    assert atlas.databases.copies == [f"snapshot-{each['id']}" for each in reversed(kept)]


def test_one_on_demand_goes_when_its_days_are_over(atlas: Clocked) -> None:
    atlas.ask("DELETE", f"{atlas.path}/schedule", version=VERSION)
    body = {"description": "before", "retentionInDays": 2}
    asked = atlas.ask("POST", f"{atlas.path}/snapshots", body, version=VERSION)
    assert (asked["status"], asked["frequencyType"], asked["snapshotType"]) == ("queued", "ondemand", "onDemand")
    assert [each["id"] for each in atlas.later(days=1)] == [asked["id"]]
    assert atlas.later(days=1) == []
    gone = atlas.ask("GET", f"{atlas.path}/snapshots/{asked['id']}", version=VERSION, status=404)
    assert gone["errorCode"] == "SNAPSHOT_NOT_FOUND"


def test_a_schedule_is_refused_as_atlas_refuses_it(atlas: Clocked) -> None:
    hourly = item("hourly", 6)
    refused: dict[str, dict[str, Any]] = {
        "INVALID_RESTORE_WINDOW": {"restoreWindowDays": 0},
        "INVALID_NUM_OF_POLICIES": {"policies": [{"policyItems": [hourly]}] * 2},
        "INVALID_POLICY_ID": {"policies": [{"id": "other", "policyItems": [hourly]}]},
        "INVALID_NUM_OF_POLICY_ITEMS": {"policies": [{"policyItems": []}]},
        "MISSING_POLICY_ITEM_PARAMETERS": {"policies": [{"policyItems": [{"frequencyType": "hourly"}]}]},
    }
    for code, body in refused.items():
        assert atlas.change(400, **body)["errorCode"] == code
    assert atlas.ask("POST", "/emulator/clock", {"aheadS": -1}, status=400)["errorCode"] == "INVALID_ATTRIBUTE"
