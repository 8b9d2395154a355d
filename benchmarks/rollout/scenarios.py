"""The rollouts that are replayed: thirteen that are doomed and ten that are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.rollout import acts, timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.rollout.acts import Act

Manifest = dict[str, Any]
START_ALLOWANCE_S = 38.0
"""15 startup probes and 3 readiness probes, 2 s apart, and the last one's second each."""

AUTOSCALER_S = 45.0
"""An autoscaler that looks every 10 s at pods that have waited for 30 s has said by then that it acts."""


@dataclass(frozen=True)
class Scenario:
    """A next release and what becomes of it.

    Attributes:
        name: Of the symptom, or of what it is like.
        timeline: What its pods' kubelet says.
        container: What its container has otherwise.
        pod: What its pod has otherwise; `@NAMESPACE@` is filled in.
        cause: Pattern of an output that names the cause; "" for a benign one.
        step: The first entry of the timeline that a benign twin cannot show.
        refused: Pattern of the message with which the ReplicaSet's pods are refused, where that is the first.
        unschedulable: Whether it is that no node can take the pod.
        twin_s: Seconds for which a benign twin shows the same.
        before: What is done to the namespace once the good release serves.
        act: What happens meanwhile.
    """

    name: str
    timeline: str = "ready"
    container: Manifest = field(default_factory=dict)
    pod: Manifest = field(default_factory=dict)
    cause: str = ""
    step: int | None = None
    refused: str = ""
    unschedulable: bool = False
    twin_s: float = 0.0
    before: Act | None = None
    act: Act | None = None

    @property
    def doomed(self) -> bool:
        """Whether it can never serve."""
        return bool(self.cause)


def _nth(entries: list[Manifest], wanted: Callable[[Manifest], object], number: int) -> int:
    return [index for index, entry in enumerate(entries) if wanted(entry)][number - 1]


def _said(word: str) -> Callable[[Manifest], object]:
    return lambda entry: word in f"{entry.get('event', {}).get('reason')} {entry.get('event', {}).get('message')}"


def _died(field_name: str, times: int) -> Callable[[Manifest], object]:
    def dead(entry: Manifest) -> bool:
        status: Manifest = next(iter(entry.get("status", {}).get(field_name, [])), {})
        ended = "terminated" in status.get("state", {}) or "CrashLoopBackOff" in str(status.get("state"))
        return bool(status) and status["restartCount"] + ended >= times

    return dead


def _recovered() -> list[Manifest]:
    """The first pull fails, the second does not."""
    failed, ready = timeline.load("image-not-found"), timeline.load("ready")
    return [*failed[: _nth(failed, _said("Pulling "), 2) + 1], *ready[_nth(ready, _said("Pulled"), 1) :]]


def _doomed(name: str, cause: str, find: Callable[[Manifest], object], number: int = 1, **rest: Any) -> Scenario:
    return Scenario(name, name, cause=cause, step=_nth(TIMELINES[name], find, number), **rest)


TIMELINES = {path.stem: timeline.load(path.stem) for path in sorted(timeline.path("ready").parent.glob("*.json"))}
TIMELINES["pull-error-once"] = _recovered()

DOOMED = (
    _doomed("image-not-found", r"not[- ]?found|ErrImagePull|ImagePullBackOff", _said("Failed to pull"), 2),
    _doomed("image-pull-denied", r"denied|forbidden|ErrImagePull|ImagePullBackOff", _said("Failed to pull"), 2),
    _doomed("crash-loop", r"[Cc]rash|exit code", _died("containerStatuses", 2)),
    _doomed("oom-loop", r"OOM|memory", _died("containerStatuses", 2)),
    _doomed("init-failing", r"[Ii]nit|prepare", _died("initContainerStatuses", 2)),
    _doomed("secret-key-missing", r"couldn't find key|ContainerConfigError", _said("couldn't find key"), twin_s=3.0),
    _doomed("configmap-missing", r"not found|ContainerConfigError", _said("not found"), twin_s=10.0),
    _doomed("mount-impossible", r"FailedMount|[Mm]ount", _said("FailedMount"), 3),
    _doomed("liveness-kill-loop", r"[Ll]iveness", _said("Killing"), 2),
    _doomed("never-ready", r"[Rr]eadiness|not ready", _said("Started"), twin_s=START_ALLOWANCE_S),
    Scenario(
        "unschedulable",
        pod={"nodeSelector": {"pool": "absent"}},
        cause=r"[Ss]chedul|no node",
        unschedulable=True,
        twin_s=AUTOSCALER_S,
    ),
    Scenario("quota-too-small", cause=r"quota", refused=r"exceeded quota", before=acts.quota_of_one_pod),
    Scenario("admission-denied", cause=r"PodSecurity|violates|refused", refused=r"PodSecurity", before=acts.restrict),
)

BENIGN = (
    Scenario("pull-error-once", "pull-error-once"),
    Scenario("one-restart", "one-restart"),
    Scenario("slow-start", "slow-start"),
    Scenario("secret-late", "secret-late"),
    Scenario("mount-late", "mount-late"),
    Scenario("waiting-for-autoscaler", pod={"nodeSelector": {"pool": "@NAMESPACE@"}}, act=acts.autoscaler),
    Scenario("quota-throttled", before=acts.quota_of_pods, act=acts.room),
    Scenario("preempted", act=acts.preempt),
    Scenario("scaled-meanwhile", act=acts.scale),
    Scenario("node-lost", act=acts.lose_node),
)

ALL = {scenario.name: scenario for scenario in (*DOOMED, *BENIGN)}
