"""When a live object is what its creator waits for: ready, hopeless, or not yet, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class State(Enum):
    """How far an object is."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """How far an object is, and why it is no further."""

    state: State
    why: str = ""


READY = Progress(State.READY)


def progress(live: dict[str, Any]) -> Progress:
    """Judge one live object; kinds that nobody waits for are ready."""
    judge = _JUDGES.get(live.get("kind", ""))
    return judge(live) if judge else READY


def awaited(kind: str) -> bool:
    """Whether there is anything to wait for in objects of a kind."""
    return kind in _JUDGES


def _deployment(live: dict[str, Any]) -> Progress:
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if not _observed(live):
        return _waiting("the controller has not seen it yet")
    stalled = _condition(status, "Progressing")
    if stalled.get("reason") == "ProgressDeadlineExceeded":
        return Progress(State.FAILED, stalled.get("message", "its progress deadline is exceeded"))
    if status.get("updatedReplicas", 0) < wanted:
        return _waiting(f"{status.get('updatedReplicas', 0)} of {wanted} pods are updated")
    if status.get("replicas", 0) > status.get("updatedReplicas", 0):
        return _waiting(f"{status['replicas'] - status['updatedReplicas']} old pods are still there")
    if status.get("availableReplicas", 0) < wanted:
        return _waiting(f"{status.get('availableReplicas', 0)} of {wanted} pods are available")
    return READY


def _stateful_set(live: dict[str, Any]) -> Progress:
    spec, status = live["spec"], live.get("status", {})
    wanted = spec.get("replicas", 1)
    if not _observed(live):
        return _waiting("the controller has not seen it yet")
    if status.get("readyReplicas", 0) < wanted:
        return _waiting(f"{status.get('readyReplicas', 0)} of {wanted} pods are ready")
    rolling = spec.get("updateStrategy", {}).get("type", "RollingUpdate") == "RollingUpdate"
    if rolling and status.get("currentRevision") != status.get("updateRevision"):
        return _waiting(f"{status.get('updatedReplicas', 0)} of {wanted} pods are updated")
    return READY


def _service(live: dict[str, Any]) -> Progress:
    if live["spec"].get("type") != "LoadBalancer" or live.get("status", {}).get("loadBalancer", {}).get("ingress"):
        return READY
    return _waiting("the load balancer has no address yet")


def _claim(live: dict[str, Any]) -> Progress:
    phase = live.get("status", {}).get("phase", "Pending")
    if phase == "Lost":
        return Progress(State.FAILED, "its volume is lost")
    return READY if phase == "Bound" else _waiting("no volume is bound to it yet")


def _job(live: dict[str, Any]) -> Progress:
    status = live.get("status", {})
    failed = _condition(status, "Failed")
    if failed.get("status") == "True":
        return Progress(State.FAILED, f"{failed.get('reason', 'Failed')}: {failed.get('message', '')}")
    done = _condition(status, "Complete").get("status") == "True" or live["spec"].get("suspend")
    return READY if done else _waiting(f"{status.get('active', 0)} pods are running")


def _namespace(live: dict[str, Any]) -> Progress:
    phase = live.get("status", {}).get("phase")
    return READY if phase == "Active" else _waiting(f"its phase is {phase}")


_JUDGES: dict[str, Callable[[dict[str, Any]], Progress]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Service": _service,
    "PersistentVolumeClaim": _claim,
    "Job": _job,
    "Namespace": _namespace,
}


def _waiting(why: str) -> Progress:
    return Progress(State.WAITING, why)


def _observed(live: dict[str, Any]) -> bool:
    generation: int = live["metadata"].get("generation", 0)
    return bool(live.get("status", {}).get("observedGeneration", 0) >= generation)


def _condition(status: dict[str, Any], kind: str) -> dict[str, Any]:
    return next((item for item in status.get("conditions") or [] if item["type"] == kind), {})
