"""How a Job is: done, failed, doomed before it ever runs, or on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout import pod, replicaset
from infra.rollout.finding import Confidence, Evidence
from infra.rollout.live import condition, name, number, objects, text
from infra.rollout.snapshot import leaving
from infra.rollout.verdict import State, Verdict
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.manifests import Manifest
    from infra.rollout.finding import Finding
    from infra.rollout.memory import Memory
    from infra.rollout.snapshot import Snapshot

_SURENESS = list(Confidence)


def assess(snapshot: Snapshot, memory: Memory, *, at_s: float) -> tuple[Verdict, Memory]:
    """Judge a Job of one pod that is not started again.

    Args:
        snapshot: With the Job and its pods alone.
        memory: Of the earlier moments.
        at_s: The moment, in seconds of a clock that never goes back.

    Returns:
        HEALTHY once the Job's controller calls it complete; DEGRADED when it calls it failed, when the Job is gone, or
        when its pod cannot start by the rules for every rollout; else PROGRESSING. And the memory for the next call.
    """
    job = snapshot.job
    if job is None:
        return _degraded("job-gone", "the Job was deleted before it ended", ()), memory
    if _is(job, "Complete"):
        return Verdict(State.HEALTHY, "complete", "complete"), memory
    for kind in ("Failed", "FailureTarget"):
        if _is(job, kind):
            return _failed(job, condition(job, kind), snapshot), memory
    pods = [each for each in snapshot.pods if not leaving(each)]
    memory = memory.observing(pods)
    over = any(text(each, "status", "phase") in ("Failed", "Succeeded") for each in pods)  # what it means comes soon
    found = [] if over else [finding for each in pods for finding in pod.findings(each, snapshot, memory)]
    if not pods:
        found += _refused(job, snapshot)
    memory = memory.noting(found, at_s)
    doomed = [each for each in found if each.doomed(at_s - memory.since[each.key])]
    if doomed:
        return _doomed(doomed), memory
    phase = text(pods[-1], "status", "phase").lower() if pods else "without a pod"
    return Verdict(State.PROGRESSING, "running", "; ".join([phase, *(each.message for each in found)])), memory


def has_ended(job: Manifest) -> bool:
    """Whether a Job is over, one way or the other."""
    return _is(job, "Complete") or _is(job, "Failed")


def _is(job: Manifest, kind: str) -> bool:
    return text(condition(job, kind), "status") == "True"


def _refused(job: Manifest, snapshot: Snapshot) -> Iterator[Finding]:
    """A Job that cannot make its pod says so by events alone."""
    for event in snapshot.events_of(job, "FailedCreate")[-1:]:
        said = text(event, "message")
        about = Evidence(f"Job/{name(job)}", "event FailedCreate", line(said))
        yield replicaset.refusal(job, said, about, leaving=snapshot.leaving())


def _doomed(found: Sequence[Finding]) -> Verdict:
    worst = min(found, key=lambda each: _SURENESS.index(each.confidence))
    return _degraded(worst.reason, worst.message, tuple(dict.fromkeys(each.evidence for each in found)))


def _failed(job: Manifest, why: Manifest, snapshot: Snapshot) -> Verdict:
    said = line(f"{text(why, 'reason')}: {text(why, 'message')}")
    reason = "deadline" if text(why, "reason") == "DeadlineExceeded" else "failed"
    ended = [(each, status) for each in snapshot.pods for status in objects(each, "status", "containerStatuses")]
    for each, status in reversed(ended):
        end = status.get("state", {}).get("terminated") or {}
        code, container = number(end, "exitCode"), text(status, "name")
        # What it said last is shown with the log alone: the message goes into the ledger, and stays there.
        message = f"exit code {code}, {text(end, 'reason') or 'no reason given'}" if end and code else said
        about = Evidence(f"Pod/{name(each)}", f"container {container} state", message, container)
        return _degraded("out-of-memory" if text(end, "reason") == "OOMKilled" else reason, message, (about,))
    return _degraded(reason, said, (Evidence(f"Job/{name(job)}", "condition Failed", said),))


def _degraded(reason: str, message: str, evidence: tuple[Evidence, ...]) -> Verdict:
    return Verdict(State.DEGRADED, reason, message, evidence, Confidence.TERMINAL)
