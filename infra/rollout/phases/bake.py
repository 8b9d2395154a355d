"""The release alone, under all of the traffic: taken back if it is slow or wrong, or if its pods fall over later."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING

from infra.manifests import names
from infra.rollout import baking, watch
from infra.rollout.canary_pods import is_ready
from infra.rollout.comparison import Comparison, Finding
from infra.rollout.finding import Evidence
from infra.rollout.live import name
from infra.rollout.memory import Memory
from infra.rollout.progress import Watched, pods_by_state
from infra.rollout.settle import Settled, confirm, log_tail, refuse_other
from infra.rollout.verdict import State, Verdict
from infra.rollout.verdict import judge as verdict_of
from infra.telemetry.meter import Meter
from infra.telemetry.traffic import Traffic, total

if TYPE_CHECKING:
    from infra.rollout.run import Run
    from infra.rollout.snapshot import Snapshot
    from infra.telemetry.source import Source


def phase(run: Run) -> Settled | None:
    """Watch what the release answers, and its pods.

    Too few requests, or none that could be counted, do not fail a release whose pods are healthy: it is said.

    Returns:
        None when nothing speaks against the release; a bad end otherwise.

    Raises:
        UnavailableError: The API server was away for too long.
        Inconclusive: Somebody else replaced the release meanwhile.
    """
    if run.scene.metrics is None:
        return None
    scene, oven = run.scene, _Oven(run, run.scene.metrics)
    scene.say(f"bake: {run.release.version} for {scene.settings.bake.duration_s} s")
    with closing(watch.follow(scene.cluster, scene.target, say=scene.say, clock=scene.clock)) as moments:
        for at_s, snapshot in moments:
            scene.lock.check()
            if snapshot is None:
                continue
            refuse_other(snapshot, scene, run.release)
            scene.show(Watched(pods_by_state(snapshot), oven.left_s(at_s)))
            if (bad := oven.fallen(snapshot, at_s) or oven.look(snapshot, at_s)) is not None:
                return bad
            if oven.looks >= baking.LOOKS:
                return None
    raise AssertionError


class _Oven:
    """What is known of a release while it bakes."""

    def __init__(self, run: Run, source: Source) -> None:
        self._run, self._settings = run, run.scene.settings
        self._step_s = self._settings.bake.duration_s / baking.LOOKS
        self._meter, self._memory = Meter(source), Memory()
        self._began_s = math.nan
        self._last = Traffic()
        self.looks = 0

    def left_s(self, at_s: float) -> float:
        """Seconds until it is over."""
        whole_s = float(self._settings.bake.duration_s)
        return whole_s if math.isnan(self._began_s) else max(0.0, self._began_s + whole_s - at_s)

    def fallen(self, snapshot: Snapshot, at_s: float) -> Settled | None:
        """Whether the pods have come to be doomed."""
        verdict, self._memory = verdict_of(snapshot, self._memory, at_s=at_s)
        if verdict.state is State.DEGRADED:
            verdict, self._memory = confirm(self._run.scene, self._memory, at_s)
        if verdict.state is not State.DEGRADED:
            return None
        return Settled(verdict, logs=log_tail(self._run.scene, verdict))

    def look(self, snapshot: Snapshot, at_s: float) -> Settled | None:
        """Read the traffic if it is time to, and judge it."""
        pods = [name(pod) for pod in snapshot.pods_of(snapshot.newest()) if is_ready(pod)]
        if math.isnan(self._began_s):
            self._began_s = at_s
            self._meter.read(pods)
        if (passed := int((at_s - self._began_s) / self._step_s)) <= self.looks:
            return None
        self.looks = passed
        found = self._judge(pods)
        if found.finding is Finding.BAD:
            evidence = tuple(Evidence(f"Pod/{pod}", "requests", found.message, names.CONTAINER) for pod in pods[:1])
            verdict = Verdict(State.DEGRADED, found.reason, f"bake: {found.message}", evidence)
            return Settled(verdict, logs=log_tail(self._run.scene, verdict))
        if self.looks >= baking.LOOKS:
            why = "; ".join(self._meter.problems[:1]) if found.finding is Finding.INCONCLUSIVE else ""
            kept = "; its pods are healthy, so it stays" if found.finding is Finding.INCONCLUSIVE else ""
            self._run.scene.say(f"bake: {found.finding}: {found.message}{kept}{why and f' ({why})'}")
        return None

    def _judge(self, pods: list[str]) -> Comparison:
        whole = total(self._meter.read(pods).values())
        late: Traffic | None
        try:
            late = whole.since(self._last)
        except ValueError:  # a pod is unknown that was known before
            late = None
        self._last = whole
        return baking.judge(
            whole,
            late,
            alerts=self._settings.alerts,
            before=self._run.served,
            min_requests=self._settings.bake.min_requests,
        )
