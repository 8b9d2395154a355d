"""Decide from live objects whether a rollout is on its way, done or doomed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from infra.rollout import deployment, pod, replicaset
from infra.rollout.finding import Confidence
from infra.rollout.memory import Memory

if TYPE_CHECKING:
    from infra.rollout.finding import Evidence, Finding
    from infra.rollout.snapshot import Snapshot

_SURENESS = list(Confidence)


class State(StrEnum):
    """What a rollout is judged to be."""

    PROGRESSING = "progressing"
    HEALTHY = "healthy"
    DEGRADED = "degraded"


@dataclass(frozen=True)
class Verdict:
    """A judgement of one moment.

    Attributes:
        state: On its way, done or doomed.
        reason: One word for machines, such as `crash-loop`, `complete`, `rolling`.
        message: One line for a person.
        evidence: What it rests on.
        confidence: How the leading symptom is to be taken; None without a symptom.
    """

    state: State
    reason: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence | None = None


def judge(snapshot: Snapshot, memory: Memory, *, at_s: float) -> tuple[Verdict, Memory]:
    """Decide what a rollout is.

    Args:
        snapshot: The live objects of one moment.
        memory: What earlier snapshots showed, by the earlier calls' own results.
        at_s: The moment, in seconds of a clock that never goes back.

    Returns:
        HEALTHY only if `observedGeneration >= generation` and `updatedReplicas == replicas == availableReplicas`
        as desired; DEGRADED once a symptom dooms the release; else PROGRESSING. And the memory for the next call.
    """
    live = snapshot.deployment
    if live is None:
        return Verdict(State.PROGRESSING, "absent", "there is no Deployment yet"), Memory()
    progress = deployment.progress(live)
    if not progress.observed:
        return Verdict(State.PROGRESSING, "unobserved", str(progress)), memory
    if progress.complete:
        return Verdict(State.HEALTHY, "complete", str(progress)), memory
    newest = snapshot.newest()
    pods = snapshot.pods_of(newest)
    memory = memory.observing(pods)
    found = [*replicaset.findings(newest, leaving=snapshot.leaving())] if newest is not None else []
    for each in pods:
        found += pod.findings(each, snapshot, memory)
    found += deployment.findings(live)  # last: it names no cause
    memory = memory.noting([finding.key for finding in found], at_s)
    return _verdict(found, memory, at_s, str(progress)), memory


def _verdict(found: list[Finding], memory: Memory, at_s: float, progress: str) -> Verdict:
    ordered = sorted(found, key=lambda finding: _SURENESS.index(finding.confidence))
    doomed = [finding for finding in ordered if finding.doomed(at_s - memory.since[finding.key])]
    if doomed:
        first = doomed[0]
        evidence = tuple(dict.fromkeys(finding.evidence for finding in doomed))
        return Verdict(State.DEGRADED, first.reason, first.message, evidence, first.confidence)
    # A container that has just started is unready by nature: worth a word only when its allowance is over.
    notable = [finding for finding in ordered if finding.reason != "never-ready"]
    if not notable:
        return Verdict(State.PROGRESSING, "rolling", progress)
    first = notable[0]
    return Verdict(State.PROGRESSING, first.reason, f"{progress}; {first.message}", (first.evidence,), first.confidence)
