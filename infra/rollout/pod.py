"""What is wrong with a pod: nowhere to run, a volume that cannot be mounted, or one of its containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.rollout import container
from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import condition, name, number, objects, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest
    from infra.rollout.memory import Memory
    from infra.rollout.snapshot import Snapshot

UNSCHEDULABLE_S = 45.0
"""An autoscaler that looks every 10 s at pods that have waited for 30 s has said by then that it acts."""

AUTOSCALER_S = 600.0
MOUNT_ATTEMPTS = 3
_ABSENT = re.compile(r"not found|references non-existent", re.IGNORECASE)
_NAMED_EVENTS = ("Failed", "Killing", "Unhealthy", "BackOff")


def findings(pod: Manifest, snapshot: Snapshot, memory: Memory) -> Iterator[Finding]:
    """Yield what is wrong with a pod.

    Args:
        pod: A live pod of the newest ReplicaSet.
        snapshot: The moment it was read in.
        memory: What earlier snapshots showed, this one's containers included.
    """
    yield from _unschedulable(pod, snapshot)
    yield from _unmountable(pod, snapshot)
    events = snapshot.events_of(pod, *_NAMED_EVENTS)
    for field, init in (("initContainerStatuses", True), ("containerStatuses", False)):
        for status in objects(pod, "status", field):
            yield from container.findings(pod, status, memory.track(pod, status), events, init=init)


def _unschedulable(pod: Manifest, snapshot: Snapshot) -> Iterator[Finding]:
    scheduled = condition(pod, "PodScheduled")
    if text(scheduled, "status") != "False" or text(scheduled, "reason") != "Unschedulable" or snapshot.leaving():
        return
    said = line(text(scheduled, "message"))
    growing = snapshot.events_of(pod, "TriggeredScaleUp", "Nominated")
    yield Finding(
        key=f"{uid(pod)}/unschedulable",
        reason="unschedulable",
        message=f"no node can take the pod: {said}",
        evidence=Evidence(f"Pod/{name(pod)}", "condition PodScheduled", said),
        confidence=Confidence.TRANSIENT if growing else Confidence.THROTTLED,
        patience_s=AUTOSCALER_S if growing else UNSCHEDULABLE_S,
    )


def _unmountable(pod: Manifest, snapshot: Snapshot) -> Iterator[Finding]:
    if text(condition(pod, "PodReadyToStartContainers"), "status") == "True":
        return
    failed = [event for event in snapshot.events_of(pod, "FailedMount") if _ABSENT.search(text(event, "message"))]
    if not failed:
        return
    said = line(text(failed[-1], "message"))
    yield Finding(
        key=f"{uid(pod)}/mount",
        reason="mount-impossible",
        message=f"a volume cannot be mounted: {said}",
        evidence=Evidence(f"Pod/{name(pod)}", "event FailedMount", said),
        confidence=Confidence.REPEATED,
        seen=sum(max(1, number(event, "count")) for event in failed),
        needed=MOUNT_ATTEMPTS,
        one_nodes=True,
    )
