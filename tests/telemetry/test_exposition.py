from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.telemetry import exposition
from infra.telemetry.traffic import Proportion

if TYPE_CHECKING:
    from collections.abc import Callable

IGNORED = ("/health", "/health/live", "/metrics")


def test_a_good_version(page: Callable[[str], str]) -> None:
    found = exposition.parse(page("good"), ignored=IGNORED)
    assert (found.traffic.requests, found.traffic.errors) == (40, 0)
    assert found.traffic.slower_than(0.3) == Proportion(0, 40)
    assert found.began > 1_700_000_000


def test_a_version_that_errs(page: Callable[[str], str]) -> None:
    assert exposition.parse(page("errors"), ignored=IGNORED).traffic.failed() == Proportion(8, 40)


def test_a_version_that_is_slow(page: Callable[[str], str]) -> None:
    found = exposition.parse(page("slow"), ignored=IGNORED).traffic
    assert [found.slower_than(limit_s) for limit_s in (0.3, 0.5, 1.0)] == [Proportion(8, 8)] * 3


def test_probes_and_the_page_itself_are_no_traffic(page: Callable[[str], str]) -> None:
    assert exposition.parse(page("fresh"), ignored=IGNORED).traffic.requests == 0
    assert exposition.parse(page("good"), ignored=()).traffic.requests == 61


@pytest.mark.parametrize(
    "metric", ["http_requests_total", "http_request_duration_seconds", "process_start_time_seconds"]
)
def test_a_metric_that_is_not_there_is_unknown_and_not_zero(page: Callable[[str], str], metric: str) -> None:
    without = "\n".join(line for line in page("good").splitlines() if metric not in line) + "\n"
    with pytest.raises(ValueError, match=metric.removesuffix("_total")):
        exposition.parse(without, ignored=IGNORED)


@pytest.mark.parametrize("junk", ["", "<html>no</html>", "http_requests_total{", "{}", "a b c"])
def test_what_is_no_page_is_refused(junk: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exposition.parse(junk, ignored=IGNORED)


@given(st.text())
def test_junk_is_a_value_error_at_worst(junk: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exposition.parse(junk, ignored=IGNORED)
