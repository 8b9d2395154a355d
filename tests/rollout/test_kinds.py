"""What a rollout leans on, judged from what its controllers really said."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra.rollout import claim, hpa, pdb, statefulset
from infra.rollout.finding import Confidence

FIXTURES = Path(__file__).parent / "fixtures"


def load(behaviour: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    found = json.loads((FIXTURES / f"{behaviour}.json").read_text())
    return found["live"], found["events"]


@pytest.mark.parametrize(
    ("behaviour", "confidence", "patience_s"),
    [("cannot-scale", Confidence.TRANSIENT, 120), ("cannot-act", Confidence.TRANSIENT, 30)],
)
def test_an_autoscaler_that_does_not_scale(behaviour: str, confidence: Confidence, patience_s: float) -> None:
    [found] = hpa.findings(load(f"hpa/{behaviour}")[0])
    assert (found.reason, found.confidence) == (behaviour, confidence)
    assert not found.doomed(patience_s - 1)
    assert found.doomed(patience_s)


def test_an_autoscaler_at_its_bound_says_so() -> None:
    limited = {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "message": "more than the max"}
    live = {"metadata": {"name": "api"}, "spec": {"maxReplicas": 10}, "status": {"conditions": [limited]}}
    [found] = hpa.findings(live)
    assert (found.reason, found.confidence) == ("at-max", Confidence.THROTTLED)
    assert "more than its 10 pods" in found.message


def test_an_autoscaler_that_is_switched_off_is_not_sick() -> None:
    off = {"type": "ScalingActive", "status": "False", "reason": "ScalingDisabled"}
    assert not list(hpa.findings({"status": {"conditions": [off]}}))


@pytest.mark.parametrize(("behaviour", "at_once"), [("drain-blocked", True), ("too-few-healthy", False)])
def test_a_budget_that_lets_nothing_go(behaviour: str, *, at_once: bool) -> None:
    [found] = pdb.findings(load(f"pdb/{behaviour}")[0])
    assert found.reason == behaviour
    assert found.doomed(0) is at_once
    assert found.doomed(120)


def test_a_budget_with_room_is_well() -> None:
    assert not list(pdb.findings(load("pdb/well")[0]))


def test_a_claim_that_is_refused_again_and_again() -> None:
    live, events = load("claim/no-class")
    [found] = claim.findings(live, [{**events[-1], "count": 2}])
    assert not found.doomed(600)
    [found] = claim.findings(live, [{**events[-1], "count": 3}])
    assert found.doomed(0)
    assert "absent" in found.message


def test_a_claim_without_a_volume_is_given_a_minute() -> None:
    [found] = claim.findings(*load("claim/unbound"))
    assert (found.reason, found.doomed(59), found.doomed(60)) == ("claim-unbound", False, True)


def test_a_claim_that_waits_for_its_pod_or_is_bound_is_well() -> None:
    live, events = load("claim/unbound")
    assert not list(claim.findings(live, [*events, {"reason": "WaitForFirstConsumer"}]))
    bound = copy.deepcopy(live)
    bound["status"]["phase"] = "Bound"
    assert not list(claim.findings(bound, events))
    bound["status"]["phase"] = "Lost"
    assert next(claim.findings(bound, events)).doomed(0)


def test_a_statefulset_is_whole_or_says_what_is_missing() -> None:
    live, _ = load("statefulset/whole")
    assert statefulset.progress(live).complete
    assert not list(statefulset.findings(live))
    [found] = statefulset.findings(load("statefulset/members-missing")[0])
    assert "0 ready" in found.message
    assert (found.doomed(299), found.doomed(300)) == (False, True)


def test_progress_of_a_statefulset_starts_its_clock_again() -> None:
    live, _ = load("statefulset/members-missing")
    more = copy.deepcopy(live)
    more["status"]["readyReplicas"] = 1
    before, after = next(statefulset.findings(live)), next(statefulset.findings(more))
    assert before.key != after.key
