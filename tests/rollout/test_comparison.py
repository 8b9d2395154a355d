from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.paths import ROOT
from infra.rollout.comparison import FALSE_ABORTS, LOOKS, Comparison, Finding, compare
from infra.settings import load
from infra.telemetry.measures import compared
from infra.telemetry.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEASURES = compared(load("production", ROOT).alerts)
MIN_REQUESTS = 200


def traffic(requests: int, errors: int = 0, slow: tuple[int, int, int] = (0, 0, 0)) -> Traffic:
    """`slow`: how many took longer than 300, 500 and 1000 ms."""
    within = {limit_s: requests - count for limit_s, count in zip((0.3, 0.5, 1.0), slow, strict=True)}
    return Traffic(requests, errors, within | {math.inf: requests})


def look(canary: Traffic | None, *stable: Traffic) -> Comparison:
    pods = {f"pod-{number}": found for number, found in enumerate(stable)}
    return compare(canary, pods, MEASURES, min_requests=MIN_REQUESTS)


GOOD = traffic(1000, 1)


def found(canary: Traffic | None, *stable: Traffic) -> tuple[str, str]:
    one = look(canary, *stable)
    return one.finding.value, one.reason


@pytest.mark.parametrize(
    ("canary", "stable", "expected"),
    [
        (traffic(1000, 1), (GOOD, GOOD, GOOD), ("good", "no-worse")),
        (traffic(200, 40), (GOOD, GOOD, GOOD), ("bad", "error-rate")),
        (traffic(1000, 25), (GOOD, GOOD, GOOD), ("bad", "error-rate")),
        (traffic(1000, 0, (1000, 1000, 1000)), (GOOD, GOOD, GOOD), ("bad", "response-time")),
        (traffic(1000, 0, (150, 0, 0)), (GOOD, GOOD, GOOD), ("bad", "response-time")),  # p95 from below 300 ms to above
        (traffic(1000, 0, (90, 90, 90)), (traffic(1000, 0, (90, 0, 0)),) * 3, ("bad", "response-time")),
        (traffic(1000, 0, (40, 30, 20)), (GOOD, GOOD, GOOD), ("good", "no-worse")),  # p95 stays below the target
        # the same trouble everywhere is not the canary's
        (traffic(1000, 300), (traffic(1000, 290), traffic(1000, 310)), ("inconclusive", "all-unwell")),
        (traffic(1000, 20), (traffic(1000, 22), traffic(1000, 18)), ("good", "no-worse")),
        # a release that mends what was broken is good
        (traffic(1000, 0), (traffic(1000, 290), traffic(1000, 310)), ("good", "no-worse")),
        # one stable pod is as bad as the canary: it is not the release
        (traffic(1000, 30), (traffic(1000, 31), GOOD, GOOD), ("inconclusive", "error-rate")),
        # too few to say
        (traffic(199, 199), (GOOD, GOOD, GOOD), ("inconclusive", "low-traffic")),
        (traffic(1000, 0), (traffic(50), traffic(50)), ("inconclusive", "low-traffic")),
        (traffic(0), (), ("inconclusive", "low-traffic")),
        (traffic(300, 4), (traffic(300), traffic(300)), ("inconclusive", "error-rate")),
        # nothing to compare with, but beyond what can be borne
        (traffic(1000, 300), (), ("bad", "error-rate")),
        (traffic(1000, 0, (300, 300, 300)), (), ("bad", "response-time")),
        (traffic(1000, 300), (traffic(10),), ("bad", "error-rate")),
        # unknown is neither
        (None, (GOOD, GOOD), ("inconclusive", "no-metrics")),
        (Traffic(1000, 0, {math.inf: 1000}), (GOOD, GOOD), ("inconclusive", "no-metrics")),
    ],
)
def test_findings(canary: Traffic | None, stable: tuple[Traffic, ...], expected: tuple[str, str]) -> None:
    assert found(canary, *stable) == expected


def test_the_numbers_of_both_sides_are_said() -> None:
    told = look(traffic(200, 40), GOOD, GOOD).message
    assert told == "errors: 20.00% (40 of 200), stable pods 0.10% (2 of 2000)"
    assert "1000 requests, errors 0.10%, p95 285ms; stable pods: 2000 requests" in look(GOOD, GOOD, GOOD).message


COUNTS = st.integers(0, 3000)
TRAFFICS = COUNTS.flatmap(
    lambda n: st.builds(
        lambda errors, slow: traffic(n, errors, tuple(sorted(slow, reverse=True))),  # type: ignore[arg-type]
        st.integers(0, n),
        st.tuples(st.integers(0, n), st.integers(0, n), st.integers(0, n)),
    )
)


@given(TRAFFICS, st.lists(TRAFFICS, max_size=4))
def test_few_requests_never_pass_and_never_fail(canary: Traffic, stable: list[Traffic]) -> None:
    finding = look(canary, *stable).finding
    if canary.requests < MIN_REQUESTS:
        assert finding is Finding.INCONCLUSIVE
    if sum(pod.requests for pod in stable) < MIN_REQUESTS:
        assert finding is not Finding.GOOD


@given(st.lists(TRAFFICS, min_size=1, max_size=4), st.data())
def test_a_canary_just_like_a_stable_pod_is_never_bad(stable: list[Traffic], data: st.DataObject) -> None:
    canary = data.draw(st.sampled_from(stable))
    if canary.requests >= MIN_REQUESTS:
        assert look(canary, *stable).finding is not Finding.BAD


@given(TRAFFICS, st.lists(TRAFFICS, max_size=3), st.integers(1, 500))
def test_more_errors_never_make_a_canary_better(canary: Traffic, stable: list[Traffic], more: int) -> None:
    worse = Traffic(canary.requests, min(canary.requests, canary.errors + more), canary.within)
    if look(canary, *stable).finding is Finding.BAD:
        assert look(worse, *stable).finding is Finding.BAD


@dataclass
class World:
    """Pods under traffic; `shares`: of errors and of requests beyond 300, 500, 1000 ms, drawn for each pod."""

    draw: random.Random
    shares: Callable[[random.Random], tuple[float, float, float, float]]
    weather: Callable[[random.Random], float] = lambda _: 1.0
    answered: dict[str, list[int]] = field(default_factory=dict)
    own: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)

    def serve(self, pod: str, requests: int, weather: float) -> None:
        shares = self.own.setdefault(pod, self.shares(self.draw))
        counts = self.answered.setdefault(pod, [0, 0, 0, 0, 0])
        counts[0] += requests
        for kind, share in enumerate(shares, start=1):
            counts[kind] += sum(self.draw.random() < share * weather for _ in range(requests))

    def of(self, pod: str) -> Traffic:
        requests, errors, *slow = self.answered[pod]
        slow = sorted(slow, reverse=True)
        return traffic(requests, errors, (slow[0], slow[1], slow[2]))


def trial(world: World, *, per_look: int = 60) -> Finding:
    """A whole canary: every look of its longest run, and the first that finds it bad ends it."""
    finding = Finding.INCONCLUSIVE
    for _ in range(LOOKS):
        weather = world.weather(world.draw)
        for pod in ("canary", "a", "b", "c"):
            world.serve(pod, world.draw.randint(per_look // 2, per_look * 3 // 2), weather)
        stable: Mapping[str, Traffic] = {pod: world.of(pod) for pod in ("a", "b", "c")}
        finding = compare(world.of("canary"), stable, MEASURES, min_requests=MIN_REQUESTS).finding
        if finding is Finding.BAD:
            break
    return finding


RUNS = 150


@pytest.mark.parametrize(
    ("name", "shares", "weather"),
    [
        ("quiet", lambda _: (0.001, 0.01, 0.005, 0.001), lambda _: 1.0),
        ("much is bad everywhere", lambda _: (0.02, 0.08, 0.04, 0.02), lambda _: 1.0),
        ("trouble that comes and goes for all", lambda _: (0.005, 0.03, 0.02, 0.01), lambda r: r.choice([0.2, 1, 8])),
        (
            "pods that differ by a third",
            lambda r: (r.betavariate(10, 1990), r.betavariate(20, 980), 0.01, 0.005),
            lambda _: 1.0,
        ),
    ],
)
def test_a_canary_like_the_others_is_hardly_ever_called_bad(
    name: str, shares: Callable[..., tuple[float, float, float, float]], weather: Callable[..., float]
) -> None:
    draw = random.Random(name)
    bad = sum(trial(World(draw, shares, weather)) is Finding.BAD for _ in range(RUNS))
    assert bad / RUNS <= FALSE_ABORTS, f"{bad} of {RUNS}"


@pytest.mark.parametrize(
    ("name", "canary"),
    [
        ("errors as critical as the runbook's", (0.05, 0.01, 0.005, 0.001)),
        ("errors of 3 %", (0.03, 0.01, 0.005, 0.001)),
        ("p95 beyond the target", (0.001, 0.12, 0.005, 0.001)),
    ],
)
def test_power_a_worse_canary_is_found_in_nine_of_ten_deploys(name: str, canary: tuple[float, ...]) -> None:
    draw = random.Random(name)
    runs = 40
    bad = 0
    for _ in range(runs):
        world = World(draw, lambda _: (0.001, 0.01, 0.005, 0.001))
        world.own["canary"] = canary  # type: ignore[assignment]
        bad += trial(world) is Finding.BAD
    assert bad / runs >= 0.9, f"{bad} of {runs}"
