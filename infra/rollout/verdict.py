"""Decide from live objects whether a rollout is on its way, done or doomed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from infra.rollout import deployment, pod, replicaset
from infra.rollout.finding import Confidence
from infra.rollout.live import text
from infra.rollout.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.manifests import Manifest
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
        as desired; DEGRADED once a symptom dooms the release, which what one broken node can cause does only when it
        strikes every pod of the release or pods on two nodes; else PROGRESSING. And the memory for the next call.
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
    by_pod = [(each, [*pod.findings(each, snapshot, memory)]) for each in pods]
    found = [
        *(replicaset.findings(newest, leaving=snapshot.leaving()) if newest is not None else ()),
        *(finding for _, own in by_pod for finding in own),
        *deployment.findings(live),  # last: it names no cause
    ]
    memory = memory.noting(found, at_s)
    doomed = [finding for finding in found if finding.doomed(at_s - memory.since[finding.key])]
    keys = {finding.key for finding in doomed}
    sick = [each for each, own in by_pod if any(finding.key in keys for finding in own)]
    if not _everywhere(sick, pods):
        doomed = [finding for finding in doomed if not finding.one_nodes]
    return _verdict(_surest_first(found), _surest_first(doomed), str(progress)), memory


def _everywhere(sick: Sequence[Manifest], pods: Sequence[Manifest]) -> bool:
    """Whether it is the release that is sick and not one node: every pod of it, or pods on two nodes."""
    nodes = {text(each, "spec", "nodeName") for each in sick} - {""}
    return len(sick) == len(pods) or len(nodes) > 1


def _surest_first(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: _SURENESS.index(finding.confidence))


def _verdict(found: Sequence[Finding], doomed: Sequence[Finding], progress: str) -> Verdict:
    if doomed:
        first = doomed[0]
        evidence = tuple(dict.fromkeys(finding.evidence for finding in doomed))
        return Verdict(State.DEGRADED, first.reason, first.message, evidence, first.confidence)
    # A container that has just started is unready by nature: worth a word only when its allowance is over.
    notable = [finding for finding in found if finding.reason != "never-ready"]
    if not notable:
        return Verdict(State.PROGRESSING, "rolling", progress)
    first = notable[0]
    return Verdict(State.PROGRESSING, first.reason, f"{progress}; {first.message}", (first.evidence,), first.confidence)
