from __future__ import annotations

from typing import Any

from infra.operations import events
from infra.rollout.snapshot import Snapshot
from infra.rollout.target import Target


def event(minute: int, reason: str, about: str = "merchant-backend-1-a") -> dict[str, Any]:
    return {
        "metadata": {"uid": f"{minute}-{reason}"},
        "involvedObject": {"kind": "Pod", "name": about},
        "lastTimestamp": f"2026-11-29T03:{minute:02}:00Z",
        "reason": reason,
        "message": "said",
    }


class FakeCluster:
    def __init__(self, *live: dict[str, Any]) -> None:
        self.live, self.asked = list(live), 0

    def list(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        self.asked += 1
        return self.live


WATCHED = [event(minute, "BackOff") for minute in range(10, 20)]
ROUTINE = [event(minute, "Scheduled") for minute in range(30, 40)]


def read(cluster: FakeCluster, *, well: bool) -> list[str]:
    found = events.read(cluster, Target(), Snapshot(None, (), (), tuple(WATCHED)), well=well)
    return [f"{each['at'][14:16]} {each['reason']}" for each in found]


def test_what_is_well_shows_the_newest_that_matter_and_costs_no_request() -> None:
    cluster = FakeCluster(*WATCHED, *ROUTINE)
    assert read(cluster, well=True) == [f"{minute} BackOff" for minute in range(15, 20)]
    assert cluster.asked == 0


def test_what_is_wrong_shows_routine_ones_beside_those_that_matter() -> None:
    cluster = FakeCluster(*WATCHED, *ROUTINE, event(50, "Killing", about="redis-0"), event(12, "Pulled"))
    shown = read(cluster, well=False)
    assert shown == [f"{minute} BackOff" for minute in range(15, 20)] + [
        f"{minute} Scheduled" for minute in range(35, 40)
    ]


def test_they_are_told_in_the_order_in_which_they_came() -> None:
    assert read(FakeCluster(event(17, "Killing")), well=False)[2:4] == ["17 BackOff", "17 Killing"]
