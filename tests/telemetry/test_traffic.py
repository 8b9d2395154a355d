from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.telemetry.traffic import Proportion, Traffic, total

BOUNDS_S = (0.1, 0.3, 0.5, 1.0, math.inf)


def traffic(durations: list[float], errors: int = 0) -> Traffic:
    return Traffic(len(durations), errors, {bound: sum(d <= bound for d in durations) for bound in BOUNDS_S})


DURATIONS = st.lists(st.floats(0, 20), max_size=60)


def test_what_passed_between_two_readings() -> None:
    earlier, later = traffic([0.2]), traffic([0.2, 0.4, 2.0], errors=1)
    assert later.since(earlier) == Traffic(2, 1, {0.1: 0, 0.3: 0, 0.5: 1, 1.0: 1, math.inf: 2})


def test_buckets_that_came_with_the_first_request_are_counted() -> None:
    assert traffic([0.2, 0.4]).since(Traffic()).within == traffic([0.2, 0.4]).within


def test_a_counter_that_went_back_is_no_window() -> None:
    with pytest.raises(ValueError, match="went back"):
        traffic([0.2]).since(traffic([0.2, 0.2]))


@given(DURATIONS, DURATIONS)
def test_a_window_is_what_came_in_it(before: list[float], after: list[float]) -> None:
    assert traffic(before + after).since(traffic(before)).requests == len(after)
    if before:
        assert traffic(before + after).since(traffic(before)) == traffic(after)


@given(st.lists(DURATIONS, max_size=5))
def test_pods_together_have_answered_what_each_of_them_has(pods: list[list[float]]) -> None:
    together = [duration for pod in pods for duration in pod]
    found = total(traffic(pod) for pod in pods)
    assert found.requests == len(together)
    assert found.slower_than(0.3) == (traffic(together).slower_than(0.3) if together else None)


def test_bounds_that_one_pod_lacks_are_lost_and_the_others_stay_true() -> None:
    other = Traffic(2, 0, {0.5: 1, math.inf: 2})
    assert total([traffic([0.2, 0.4, 0.6]), other]).within == {0.5: 3, math.inf: 5}


def test_slower_is_counted_from_the_next_bound() -> None:
    found = traffic([0.2, 0.4, 0.6, 5.0])
    assert found.slower_than(0.3) == Proportion(3, 4)
    assert found.slower_than(0.4) == Proportion(2, 4)
    assert found.slower_than(30.0) is None
    assert Traffic(4, 0).slower_than(0.3) is None


def test_quantiles_are_interpolated_as_promql_does() -> None:
    found = Traffic(100, 0, {0.1: 50, 0.3: 90, 0.5: 100, math.inf: 100})
    assert found.quantile_s(0.95) == pytest.approx(0.4)
    assert found.quantile_s(0.5) == pytest.approx(0.1)
    assert traffic([20.0]).quantile_s(0.95) == 1.0
    assert Traffic().quantile_s(0.95) is None


@given(DURATIONS, st.floats(0.01, 0.99))
def test_a_quantile_is_within_the_bounds(durations: list[float], share: float) -> None:
    found = traffic(durations).quantile_s(share)
    assert (found is None) == (not durations)
    assert found is None or 0 <= found <= 1.0


def test_it_is_said_in_one_phrase() -> None:
    assert str(Traffic(100, 2, {0.1: 90, 0.3: 100, math.inf: 100})) == "100 requests, errors 2.00%, p95 200ms"
    assert str(Traffic()) == "0 requests, errors 0.00%"
    assert str(Proportion(1, 8)) == "12.50% (1 of 8)"
