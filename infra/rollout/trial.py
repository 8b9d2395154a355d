"""A canary on its way: started, asked for its health, put behind the Service, compared with the pods that serve."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from infra.errors import UnavailableError
from infra.manifests import canary as manifests
from infra.manifests import names
from infra.rejection import ApiError
from infra.rollout import watch
from infra.rollout.canary_pods import LOST, assess, is_ready
from infra.rollout.comparison import LOOKS, Finding, compare
from infra.rollout.finding import Confidence, Evidence
from infra.rollout.live import name, uid
from infra.rollout.memory import Memory
from infra.rollout.progress import Watched
from infra.rollout.settle import Settled, log_tail
from infra.rollout.verdict import State, Verdict
from infra.telemetry.measures import compared
from infra.telemetry.meter import Meter
from infra.telemetry.traffic import Traffic, total

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest
    from infra.rollout.scene import Scene
    from infra.rollout.snapshot import Snapshot
    from infra.telemetry.source import Source

    Moments = Iterator[tuple[float, Snapshot | None]]

START_S: Final = 300
"""A canary that is not ready after this says nothing: what keeps it from starting would be known by then."""

MARGIN_S: Final = 15
"""A canary lives at most that much longer than it is compared."""

_OK: Final = range(200, 300)


@dataclass(frozen=True)
class Trial:
    """How a canary turned out.

    Attributes:
        finding: Good, bad, or too little to say either.
        settled: The same as a phase's end, with evidence and log.
        again: A second canary might fare better: this one died or was taken away.
        served: What the stable pods answered meanwhile; None when nothing is known.
    """

    finding: Finding
    settled: Settled
    again: bool = False
    served: Traffic | None = None


def lifetime_s(duration_s: int, *, extended: bool) -> int:
    """How long a canary may be in traffic, whatever becomes of its deployer."""
    return duration_s * (2 if extended else 1) + MARGIN_S


def try_out(scene: Scene, job: Manifest, source: Source) -> Trial:
    """Run a canary until it is known to be good or bad, or its time is over.

    Args:
        scene: Where.
        job: The canary's, not yet created.
        source: Of metrics.

    Raises:
        ApiError: The API server refuses the Job.
        UnavailableError: It was away for too long.
    """
    created = scene.cluster.create(job)
    selector = f"batch.kubernetes.io/controller-uid={uid(created)}"
    own = replace(scene, target=replace(scene.target, selector=selector))
    run = _Running(own, scene.target.selector, job["spec"]["parallelism"], source, began_s=scene.clock())
    following = watch.follow(scene.cluster, own.target, say=scene.say, clock=scene.clock, due=run.due_s)
    with closing(following) as moments:
        return run.start(moments) or run.smoke() or run.compare(moments)


class _Running:
    """One canary, from its creation on."""

    def __init__(self, scene: Scene, stable: str, pods: int, source: Source, *, began_s: float) -> None:
        self._scene, self._stable, self._pods, self._began_s = scene, stable, pods, began_s
        self._settings = scene.settings.canary
        self._meter = Meter(source)
        self._memory = Memory()
        self._names: list[str] = []

    def due_s(self) -> float:
        """When the next symptom will have lasted for long enough."""
        return self._memory.due_s

    def start(self, moments: Moments) -> Trial | None:
        """Wait until all pods are ready; None then."""
        told = ""
        for at_s, snapshot in moments:
            self._scene.lock.check()
            if snapshot is None:
                continue
            verdict = self._judge(snapshot, at_s)
            if verdict.message != told:
                told = verdict.message
                self._scene.say(f"canary: {told}")
            if verdict.state is State.DEGRADED:
                return self._failed(verdict)
            if verdict.state is State.HEALTHY:
                self._names = [name(pod) for pod in snapshot.pods]
                return None
            if at_s - self._began_s > START_S:
                return self._inconclusive("not-started", f"not ready after {START_S} s: {told}")
        raise AssertionError

    def smoke(self) -> Trial | None:
        """Ask each pod for its health before anybody else asks it anything; None when it answers well."""
        path = self._scene.settings.service.health_path
        for pod in self._names:
            try:
                status, body = self._scene.cluster.ask_pod(self._scene.target.namespace, pod, names.PORT, path)
            except (ApiError, UnavailableError) as error:
                # The kubelet has asked it: it is ready. That nobody else can is the network's matter.
                self._scene.say(f"canary: {path} cannot be asked through the API server, its readiness counts: {error}")
                continue
            if status not in _OK:
                return self._bad("smoke-test", f"{path} answers {status}: {body[:200]}")
        return None

    def compare(self, moments: Moments) -> Trial:
        """Put the pods behind the Service, and compare what is answered until it is known or the time is over."""
        regular, extends = LOOKS // 2, self._settings.on_inconclusive == "extend"
        step_s = self._settings.duration_s / regular
        self._meter.read([*self._names, *self._others()])
        self._admit(lifetime_s(self._settings.duration_s, extended=extends))
        began_s, looks = math.nan, 0
        for at_s, snapshot in moments:
            self._scene.lock.check()
            if snapshot is None:
                continue
            verdict = self._judge(snapshot, at_s)
            if verdict.state is State.DEGRADED:
                return self._failed(verdict)
            began_s = at_s if math.isnan(began_s) else began_s
            left_s = began_s + self._settings.duration_s - at_s
            self._scene.show(Watched({"canary": {"in traffic": self._pods}}, max(0.0, left_s)))
            if (passed := int((at_s - began_s) / step_s)) <= looks:
                continue
            looks = passed
            trial = self._look(at_s - began_s)
            known = trial.finding is not Finding.INCONCLUSIVE or not extends
            if trial.finding is Finding.BAD or (looks >= regular and known) or looks >= LOOKS:
                return trial
        raise AssertionError

    def _judge(self, snapshot: Snapshot, at_s: float) -> Verdict:
        """Judge the pods; what dooms them is judged once more by what is read afresh, since a watch may lag."""
        seen = bool(self._names)
        verdict, memory = assess(snapshot, self._memory, at_s=at_s, pods=self._pods, seen=seen)
        if verdict.state is State.DEGRADED:
            fresh = watch.read(self._scene.cluster, self._scene.target)
            verdict, memory = assess(fresh, self._memory, at_s=at_s, pods=self._pods, seen=seen)
        self._memory = memory
        return verdict

    def _others(self) -> list[str]:
        """The stable pods that take requests now."""
        found, _ = self._scene.cluster.list_page("v1", "Pod", self._scene.target.namespace, labels=self._stable)
        return [name(pod) for pod in found if is_ready(pod)]

    def _admit(self, lives_s: int) -> None:
        """Give the pods the Service's label, after Kubernetes was told when to end them."""
        cluster, namespace = self._scene.cluster, self._scene.target.namespace
        deadline_s = math.ceil(self._scene.clock() - self._began_s) + lives_s
        change = {"spec": {"activeDeadlineSeconds": deadline_s}}
        cluster.patch("batch/v1", "Job", manifests.NAME, namespace, change)
        for pod in self._names:
            cluster.patch("v1", "Pod", pod, namespace, {"metadata": {"labels": manifests.BEHIND_THE_SERVICE}})
        mine, everybody = len(self._names), len(self._names) + len(self._others())
        self._scene.say(
            f"canary: in traffic, {mine} of {everybody} ready pods: {100 * mine / everybody:.0f}% of new connections, "
            f"for {self._settings.duration_s} s; without rez it ends by itself within {lives_s} s"
        )

    def _look(self, passed_s: float) -> Trial:
        others = self._others()
        known = self._meter.read([*self._names, *others])
        mine = [known.get(pod) for pod in self._names]
        canary = None if None in mine else total(each for each in mine if each is not None)
        stable = {pod: known[pod] for pod in others if pod in known}
        measures = compared(self._scene.settings.alerts)
        found = compare(canary, stable, measures, min_requests=self._settings.min_requests)
        why = "" if found.reason != "no-metrics" else "".join(f"; {problem}" for problem in self._meter.problems[:1])
        self._scene.say(f"canary: {passed_s:.0f} s: {found.finding}: {found.message}{why}")
        if found.finding is Finding.BAD:
            return replace(self._bad(found.reason, found.message), served=total(stable.values()))
        settled = Settled(Verdict(State.HEALTHY, found.reason, f"canary: {found.message}{why}"))
        return Trial(found.finding, settled, served=total(stable.values()))

    def _failed(self, verdict: Verdict) -> Trial:
        """The pods ended, were taken away, or cannot start."""
        said = replace(verdict, message=f"canary: {verdict.message}")
        finding = Finding.INCONCLUSIVE if verdict.reason == LOST else Finding.BAD
        again = verdict.confidence is not Confidence.TERMINAL
        return Trial(finding, Settled(said, logs=log_tail(self._scene, verdict)), again=again)

    def _bad(self, reason: str, message: str) -> Trial:
        evidence = tuple(Evidence(f"Pod/{pod}", "requests", message, names.CONTAINER) for pod in self._names[:1])
        return self._failed(Verdict(State.DEGRADED, reason, message, evidence, Confidence.TERMINAL))

    def _inconclusive(self, reason: str, message: str) -> Trial:
        return Trial(Finding.INCONCLUSIVE, Settled(Verdict(State.HEALTHY, reason, f"canary: {message}")))
