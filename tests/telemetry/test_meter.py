from __future__ import annotations

import math

from infra.telemetry.meter import Meter
from infra.telemetry.source import Reading, Totals
from infra.telemetry.traffic import Traffic


def totals(requests: int, began: float = 1.0) -> Totals:
    return Totals(Traffic(requests, 0, {1.0: requests, math.inf: requests}), began)


class Script:
    """A source that tells one reading after the other."""

    def __init__(self, *readings: dict[str, Totals]) -> None:
        self.readings = list(readings)

    def read(self, pods: object) -> Reading:
        return Reading(self.readings.pop(0), ("Pod/c: HTTP 404",))


def test_a_window_begins_with_a_pods_first_reading() -> None:
    meter = Meter(Script({"a": totals(5)}, {"a": totals(9), "b": totals(7)}, {"a": totals(9), "b": totals(8)}))
    assert {pod: found.requests for pod, found in meter.read(["a", "b"]).items()} == {"a": 0}
    assert {pod: found.requests for pod, found in meter.read(["a", "b"]).items()} == {"a": 4, "b": 0}
    assert {pod: found.requests for pod, found in meter.read(["a", "b"]).items()} == {"a": 4, "b": 1}
    assert meter.problems == ("Pod/c: HTTP 404",)


def test_a_reading_that_failed_hides_the_pod_and_loses_nothing() -> None:
    meter = Meter(Script({"a": totals(5)}, {}, {"a": totals(9)}))
    meter.read(["a"])
    assert meter.read(["a"]) == {}
    assert meter.read(["a"])["a"].requests == 4


def test_a_pod_that_began_anew_is_unknown_from_then_on() -> None:
    meter = Meter(Script({"a": totals(5)}, {"a": totals(9)}, {"a": totals(3)}, {"a": totals(50)}))
    meter.read(["a"])
    meter.read(["a"])
    assert meter.read(["a"]) == {}
    assert meter.read(["a"]) == {}
    assert "Pod/a: its counters began anew" in meter.problems


def test_a_restart_that_overtook_its_own_count_is_found_by_the_process() -> None:
    meter = Meter(Script({"a": totals(5, began=1.0)}, {"a": totals(500, began=2.0)}))
    meter.read(["a"])
    assert meter.read(["a"]) == {}
