"""How the pods of a canary are: still starting, ready, ended, taken away, or doomed before they ever run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.rollout import pod
from infra.rollout.finding import Confidence, Evidence
from infra.rollout.live import condition, name, objects, text
from infra.rollout.snapshot import Snapshot, leaving
from infra.rollout.verdict import State, Verdict
from infra.text import line

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.memory import Memory

LOST: Final = "canary-lost"
"""The pods were taken away, which says nothing about the release."""

ENDED: Final = ("Failed", "Succeeded")
_SURENESS: Final = list(Confidence)


def assess(snapshot: Snapshot, memory: Memory, *, at_s: float, pods: int, seen: bool) -> tuple[Verdict, Memory]:
    """Judge the pods of one moment.

    Args:
        snapshot: With the canary's pods alone.
        memory: Of the earlier moments.
        at_s: The moment, in seconds of a clock that never goes back.
        pods: How many there are to be.
        seen: Whether all of them were there before.

    Returns:
        HEALTHY when all are ready; DEGRADED when one has ended (REPEATED: a second try tells), was taken away
        (TRANSIENT), or cannot start by the rules for every rollout; else PROGRESSING. And the memory for the next call.
    """
    live = [each for each in snapshot.pods if not leaving(each)]
    memory = memory.observing(live)
    for each in live:
        if text(each, "status", "phase") in ENDED:
            return _ended(each, snapshot, memory), memory
    if seen and len(live) < pods:
        return _lost("Job/canary", "the pod was deleted"), memory
    found = [finding for each in live for finding in pod.findings(each, snapshot, memory)]
    memory = memory.noting(found, at_s)
    doomed = [finding for finding in found if finding.doomed(at_s - memory.since[finding.key])]
    if doomed:
        worst = min(doomed, key=lambda finding: _SURENESS.index(finding.confidence))
        evidence = tuple(dict.fromkeys(finding.evidence for finding in doomed))
        return Verdict(State.DEGRADED, worst.reason, worst.message, evidence, Confidence.TERMINAL), memory
    ready = sum(is_ready(each) for each in live)
    if ready == pods:
        return Verdict(State.HEALTHY, "ready", f"{ready} of {pods} ready"), memory
    return Verdict(State.PROGRESSING, "starting", _progress(snapshot, ready, pods)), memory


def is_ready(live: Manifest) -> bool:
    """Whether a pod takes requests."""
    return text(condition(live, "Ready"), "status") == "True" and not leaving(live)


def _ended(live: Manifest, snapshot: Snapshot, memory: Memory) -> Verdict:
    disrupted = condition(live, "DisruptionTarget")
    if text(disrupted, "status") == "True":
        return _lost(f"Pod/{name(live)}", line(f"{text(disrupted, 'reason')}: {text(disrupted, 'message')}"))
    found = next(pod.findings(live, snapshot, memory), None)
    if found is not None:
        return Verdict(State.DEGRADED, found.reason, found.message, (found.evidence,), Confidence.REPEATED)
    said = line(f"{text(live, 'status', 'reason') or 'ended'}: {text(live, 'status', 'message')}")
    evidence = Evidence(f"Pod/{name(live)}", "status", said, _container(live))
    return Verdict(State.DEGRADED, "ended", f"the pod ended: {said}", (evidence,), Confidence.REPEATED)


def _lost(about: str, said: str) -> Verdict:
    return Verdict(State.DEGRADED, LOST, said, (Evidence(about, "status", said),), Confidence.TRANSIENT)


def _container(live: Manifest) -> str:
    return next((text(each, "name") for each in objects(live, "spec", "containers")), "")


def _progress(snapshot: Snapshot, ready: int, pods: int) -> str:
    """How far they are; a Job that cannot make its pods says so by events alone."""
    refused = [] if snapshot.pods else [each for each in snapshot.events if text(each, "reason") == "FailedCreate"]
    return f"{ready} of {pods} ready" + (f"; {line(text(refused[-1], 'message'))}" if refused else "")
