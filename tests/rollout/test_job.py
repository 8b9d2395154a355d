from __future__ import annotations

import json
from typing import Any

import pytest

from infra.rollout.job import assess, has_ended
from infra.rollout.memory import Memory
from infra.rollout.snapshot import Snapshot
from infra.rollout.verdict import State, Verdict
from tests.rollout.conftest import FIXTURES

JOB = {"kind": "Job", "metadata": {"name": "merchant-backend-migration", "uid": "job-1"}}


def job(*conditions: str, reason: str = "", message: str = "") -> dict[str, Any]:
    found = [{"type": kind, "status": "True", "reason": reason, "message": message} for kind in conditions]
    return {**JOB, "status": {"conditions": found}}


def pod(**terminated: Any) -> dict[str, Any]:
    status = {"name": "migration", "state": {"terminated": terminated} if terminated else {"running": {}}}
    phase = "Failed" if terminated else "Running"
    return {"metadata": {"name": "m-1", "uid": "m-1"}, "status": {"phase": phase, "containerStatuses": [status]}}


def judged(snapshot: Snapshot, *, ages_s: tuple[float, ...] = (0.0,)) -> Verdict:
    memory = Memory()
    for at_s in ages_s:
        verdict, memory = assess(snapshot, memory, at_s=at_s)
    return verdict


def seen(live: dict[str, Any] | None, *pods: dict[str, Any], events: tuple[dict[str, Any], ...] = ()) -> Snapshot:
    return Snapshot(None, pods=pods, events=events, job=live)


def test_it_is_done_when_its_controller_says_so() -> None:
    assert judged(seen(job("SuccessCriteriaMet", "Complete"))).state is State.HEALTHY


def test_it_is_on_its_way_while_its_pod_runs_or_has_only_just_ended() -> None:
    assert judged(seen(job(), pod())).state is State.PROGRESSING
    assert judged(seen(job())).state is State.PROGRESSING
    assert judged(seen(job(), pod(exitCode=1, reason="Error"))).state is State.PROGRESSING


@pytest.mark.parametrize("kind", ["FailureTarget", "Failed"])
def test_a_failure_names_exit_code_and_container(kind: str) -> None:
    verdict = judged(seen(job(kind, reason="BackoffLimitExceeded"), pod(exitCode=1, reason="Error")))
    assert (verdict.state, verdict.reason, verdict.message) == (State.DEGRADED, "failed", "exit code 1, Error")
    assert [(each.about, each.container) for each in verdict.evidence] == [("Pod/m-1", "migration")]


def test_too_little_memory_and_too_little_time_are_named() -> None:
    failed = job("Failed", reason="BackoffLimitExceeded")
    assert judged(seen(failed, pod(exitCode=137, reason="OOMKilled"))).reason == "out-of-memory"
    late = judged(seen(job("Failed", reason="DeadlineExceeded", message="Job was active longer than specified")))
    assert (late.reason, "longer than specified" in late.message) == ("deadline", True)


def test_a_job_that_is_gone_is_no_success() -> None:
    assert judged(seen(None)).reason == "job-gone"


@pytest.mark.parametrize(("behaviour", "reason"), [("image-not-found", "image-not-found"), ("oom-loop", "oom-loop")])
def test_a_pod_that_cannot_run_is_known_at_once(behaviour: str, reason: str) -> None:
    found = json.loads((FIXTURES / f"pod/{behaviour}.json").read_text())
    sick = [each for each in found["pods"] if "v3" in json.dumps(each)][:1] or found["pods"][-1:]
    assert judged(Snapshot(None, pods=sick, events=found["events"], job=job())).reason == reason


def test_pods_that_are_refused_are_known_within_seconds() -> None:
    said = 'Error creating: pods "m-" is forbidden: violates PodSecurity "restricted:latest"'
    event = {"reason": "FailedCreate", "message": said, "involvedObject": {"uid": "job-1"}}
    refused = seen(job(), events=(event,))
    assert judged(refused).state is State.PROGRESSING
    verdict = judged(refused, ages_s=(0.0, 6.0))
    assert (verdict.state, verdict.reason) == (State.DEGRADED, "pods-refused")


def test_it_has_ended_only_by_its_controllers_word() -> None:
    assert [has_ended(each) for each in (job(), job("FailureTarget"), job("Failed"), job("Complete"))] == [
        *(False, False),
        *(True, True),
    ]
