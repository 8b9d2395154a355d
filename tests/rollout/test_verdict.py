from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.rollout.container import OBJECT_MISSING_S
from infra.rollout.finding import Confidence
from infra.rollout.memory import Memory
from infra.rollout.snapshot import Snapshot
from infra.rollout.verdict import State, Verdict, judge

AT_ONCE = [
    ("pod/crash-loop", "crash-loop", Confidence.REPEATED),
    ("pod/second-crash", "crash-loop", Confidence.REPEATED),
    ("pod/crashing-on-two-nodes", "crash-loop", Confidence.REPEATED),
    ("pod/oom-loop", "oom-loop", Confidence.REPEATED),
    ("pod/liveness-kill-loop", "liveness-kill-loop", Confidence.REPEATED),
    ("pod/startup-kill-loop", "never-ready", Confidence.REPEATED),
    ("pod/init-crash-loop", "init-failing", Confidence.REPEATED),
    ("pod/image-not-found", "image-not-found", Confidence.REPEATED),
    ("pod/image-pull-denied", "image-pull-denied", Confidence.REPEATED),
    ("pod/image-never-pull", "image-unusable", Confidence.TERMINAL),
    ("pod/mount-impossible", "mount-impossible", Confidence.REPEATED),
    ("replicaset/quota-too-small", "quota-too-small", Confidence.TERMINAL),
]

AFTER_A_WHILE = [
    ("pod/missing-secret-key", "config-key-missing", 3),
    ("pod/missing-configmap", "config-missing", 10),
    ("pod/secret-cache-delay", "config-not-synced", 90),
    ("pod/unschedulable", "unschedulable", 45),
    ("pod/waiting-for-autoscaler", "unschedulable", 600),
    ("pod/never-ready", "never-ready", 139),
    ("replicaset/quota-full", "quota-full", 60),
    ("replicaset/admission-denied", "pods-refused", 1),
    ("replicaset/webhook-down", "admission-unavailable", 120),
    ("deployment/progress-deadline", "progress-deadline", 20),
]

BENIGN = [
    "pod/starting",
    "deployment/stuck-v3",
    "pod/one-restart",
    "pod/first-crash",
    "pod/one-bad-node",
    "pod/pull-error-once",
    "pod/registry-timeout",
    "pod/init-done",
    "pod/crashed-but-leaving",
    "pod/old-pod-crashing",
    "pod/preempted",
    "pod/node-lost",
    "deployment/unobserved",
    "deployment/old-pods-left",
    "deployment/autoscaler-scaling",
    "deployment/scaled-meanwhile",
    "deployment/scaled-to-zero",
]


def last(snapshot: Snapshot, *moments_s: float) -> Verdict:
    memory, verdict = Memory(), None
    for at_s in moments_s:
        verdict, memory = judge(snapshot, memory, at_s=at_s)
    assert verdict is not None
    return verdict


@pytest.mark.parametrize(("behaviour", "reason", "confidence"), AT_ONCE)
def test_doomed_at_first_sight(snapshot: Any, behaviour: str, reason: str, confidence: Confidence) -> None:
    verdict = last(snapshot(behaviour), 0)
    assert (verdict.state, verdict.reason, verdict.confidence) == (State.DEGRADED, reason, confidence)
    assert verdict.evidence
    assert "\n" not in verdict.message


@pytest.mark.parametrize(("behaviour", "reason", "patience_s"), AFTER_A_WHILE)
def test_doomed_only_once_it_lasts(snapshot: Any, behaviour: str, reason: str, patience_s: float) -> None:
    assert last(snapshot(behaviour), 100, 100 + patience_s - 0.5).state is State.PROGRESSING
    verdict = last(snapshot(behaviour), 100, 100 + patience_s)
    assert (verdict.state, verdict.reason) == (State.DEGRADED, reason)


@pytest.mark.parametrize("behaviour", BENIGN)
def test_benign_is_not_judged_bad(snapshot: Any, behaviour: str) -> None:
    assert last(snapshot(behaviour), 0, 30).state is State.PROGRESSING


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_complete_is_healthy(snapshot: Any, version: str) -> None:
    assert last(snapshot(f"deployment/healthy-{version}"), 0).state is State.HEALTHY


def test_a_symptom_that_goes_away_starts_over(snapshot: Any) -> None:
    missing, starting, memory = snapshot("pod/missing-configmap"), snapshot("pod/starting"), Memory()
    for at_s, seen in ((0, missing), (9, missing), (10, starting), (11, missing), (20, missing)):
        verdict, memory = judge(seen, memory, at_s=at_s)
    assert verdict.state is State.PROGRESSING


def test_the_moment_is_known_at_which_a_symptom_will_doom_the_release(snapshot: Any) -> None:
    missing, memory = snapshot("pod/missing-configmap"), Memory()
    for at_s in (3, 7):
        verdict, memory = judge(missing, memory, at_s=at_s)
        assert (verdict.state, memory.due_s) == (State.PROGRESSING, 3 + OBJECT_MISSING_S)
    verdict, memory = judge(missing, memory, at_s=memory.due_s)
    assert (verdict.state, memory.due_s > 3 + OBJECT_MISSING_S) == (State.DEGRADED, True)


def test_second_failed_pull_is_counted_without_events(snapshot: Any) -> None:
    first, memory = snapshot("pod/pull-error-once"), Memory()
    first = Snapshot(first.deployment, first.replica_sets, first.pods)
    backing_off = snapshot("pod/image-not-found")
    backing_off = Snapshot(backing_off.deployment, backing_off.replica_sets, backing_off.pods)
    states = []
    for at_s, seen in enumerate((first, first, backing_off, first)):
        verdict, memory = judge(seen, memory, at_s=at_s)
        states.append(verdict.state)
    assert states == [State.PROGRESSING] * 3 + [State.DEGRADED]


def test_restarts_of_a_pod_that_was_ready_before_are_not_counted(snapshot: Any) -> None:
    ready = copy.deepcopy(snapshot("deployment/autoscaler-scaling"))
    ready.pods[0]["status"]["containerStatuses"][0]["restartCount"] = 9
    again = copy.deepcopy(ready)
    again.pods[0]["status"]["containerStatuses"][0].update(restartCount=10, ready=False)
    _, memory = judge(ready, Memory(), at_s=0)
    verdict, _ = judge(again, memory, at_s=1)
    assert verdict.state is State.PROGRESSING


def test_a_second_kill_counts_before_the_container_has_ended(snapshot: Any) -> None:
    found = copy.deepcopy(snapshot("pod/liveness-kill-loop"))
    found.pods[-1]["status"]["containerStatuses"][0].update(restartCount=1)
    killing = next(event for event in found.events if event["reason"] == "Killing")
    killing["count"] = 1
    assert last(found, 0).state is State.PROGRESSING
    killing["count"] = 2
    assert (last(found, 0).state, last(found, 0).reason) == (State.DEGRADED, "liveness-kill-loop")


def beside_a_ready_pod(found: Snapshot) -> Snapshot:
    """The same, with a ready pod of the same ReplicaSet on another node."""
    sick = found.pods[-1]
    ready = copy.deepcopy(sick)
    ready["metadata"].update(name="merchant-backend-ready", uid="ready")
    ready["spec"]["nodeName"] = "node9"
    for status in ready["status"].get("initContainerStatuses", []):
        status.update(state={"terminated": {"exitCode": 0}}, restartCount=0, lastState={})
    for status in ready["status"]["containerStatuses"]:
        status.update(state={"running": {}}, ready=True, restartCount=0, lastState={})
    return Snapshot(found.deployment, found.replica_sets, [*found.pods, ready], found.events)


NODES_OWN = [
    "pod/crash-loop",
    "pod/oom-loop",
    "pod/startup-kill-loop",
    "pod/init-crash-loop",
    "pod/image-never-pull",
    "pod/mount-impossible",
    "pod/secret-cache-delay",
    "pod/never-ready",
]
BY_NATURE = [
    "pod/image-not-found",
    "pod/image-pull-denied",
    "pod/missing-secret-key",
    "pod/missing-configmap",
    "pod/liveness-kill-loop",
]


@pytest.mark.parametrize("behaviour", NODES_OWN)
def test_what_one_node_can_cause_dooms_nothing_while_another_pod_is_ready(snapshot: Any, behaviour: str) -> None:
    verdict = last(beside_a_ready_pod(snapshot(behaviour)), 0, 600)
    assert verdict.state is State.PROGRESSING
    assert last(snapshot(behaviour), 0, 600).state is State.DEGRADED


@pytest.mark.parametrize("behaviour", BY_NATURE)
def test_what_no_node_can_cause_dooms_by_one_pod(snapshot: Any, behaviour: str) -> None:
    assert last(beside_a_ready_pod(snapshot(behaviour)), 0, 600).state is State.DEGRADED


def test_liveness_probes_that_time_out_may_be_one_nodes_fault(snapshot: Any) -> None:
    found = copy.deepcopy(snapshot("pod/liveness-kill-loop"))
    failing = next(event for event in found.events if event["message"].startswith("Liveness probe failed"))
    failing["message"] = "Liveness probe failed: context deadline exceeded"
    assert last(beside_a_ready_pod(found), 0, 600).state is State.PROGRESSING
    assert last(found, 0, 600).reason == "liveness-kill-loop"


def test_a_container_that_one_node_cannot_create_dooms_nothing_while_another_pod_is_ready(snapshot: Any) -> None:
    found = copy.deepcopy(snapshot("pod/image-never-pull"))
    waiting = {"waiting": {"reason": "CreateContainerError", "message": "context deadline exceeded"}}
    found.pods[-1]["status"]["containerStatuses"][0]["state"] = waiting
    assert last(beside_a_ready_pod(found), 0, 600).state is State.PROGRESSING
    assert last(found, 0, 600).reason == "cannot-start"


def test_two_sick_pods_of_one_node_are_one_nodes_fault(snapshot: Any) -> None:
    found = copy.deepcopy(snapshot("pod/crashing-on-two-nodes"))
    for each in found.pods:
        each["spec"]["nodeName"] = "node1"
    assert last(found, 0, 600).state is State.PROGRESSING


def test_a_known_cause_is_named_before_the_deadline(snapshot: Any) -> None:
    late, crashing = snapshot("deployment/progress-deadline"), snapshot("deployment/crashing-v3")
    both = Snapshot(late.deployment, crashing.replica_sets, crashing.pods, crashing.events)
    assert last(both, 0, 60).reason == "crash-loop"


def test_leaving_pods_give_a_full_quota_more_time(snapshot: Any) -> None:
    full = copy.deepcopy(snapshot("replicaset/quota-full"))
    full.pods[0]["metadata"]["deletionTimestamp"] = "2026-11-23T21:00:40Z"
    assert last(full, 0, 100).state is State.PROGRESSING


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KNOWN = sorted(
    str(path.relative_to(Path(__file__).parent / "fixtures"))
    for path in Path(__file__).parent.glob("fixtures/*/*.json")
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded snapshot with a few values replaced by junk or taken away."""
    found = json.loads((Path(__file__).parent / "fixtures" / draw(st.sampled_from(KNOWN))).read_text())
    for _ in range(draw(st.integers(1, 6))):
        where: Any = found
        for _ in range(draw(st.integers(1, 8))):
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(where[key], dict | list) or draw(st.integers(0, 7)) == 0:
                where[key] = draw(JSON)
                break
            where = where[key]
    return found


@settings(max_examples=150)
@given(found=damaged(), at_s=st.floats(0, 1000))
def test_junk_never_raises(found: dict[str, Any], at_s: float) -> None:
    def listed(key: str) -> list[Any]:
        return found.get(key) if isinstance(found.get(key), list) else []

    snapshot = Snapshot(found.get("deployment"), listed("replicaSets"), listed("pods"), listed("events"))
    _, memory = judge(snapshot, Memory(), at_s=0)
    verdict, _ = judge(snapshot, memory, at_s=at_s)
    assert verdict.message


@settings(max_examples=100)
@given(deployment=JSON, others=st.lists(JSON, max_size=3))
def test_pure_junk_is_never_healthy(deployment: Any, others: list[Any]) -> None:
    verdict, _ = judge(Snapshot(deployment, others, others, others), Memory(), at_s=0)
    assert verdict.state is not State.HEALTHY
