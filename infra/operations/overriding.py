"""What is done to the release that runs: through the engine, watched, pods that do not come up taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from infra.errors import PreconditionError, RezError
from infra.operations.result import Result
from infra.rollout import bring, failure, left, watch
from infra.rollout.held import held
from infra.rollout.phases.record import record
from infra.rollout.releases import running, runs_as_recorded
from infra.rollout.settle import Settled, settle
from infra.rollout.target import API_COMPONENT, AUTOSCALER

if TYPE_CHECKING:
    from pydantic import BaseModel

    from infra.manifests.overrides import Overrides
    from infra.manifests.release import Release
    from infra.operations.result import Outcome
    from infra.rollout.scene import Scene

Kind = Literal["scale", "memory", "restart", "overrides"]


@dataclass(frozen=True)
class Change:
    """What is going to be done; made by reading alone.

    Attributes:
        kind: Of the override; `overrides` for all that are over.
        release: What runs, and goes on running.
        what: What will hold, for a person.
        before: What held, for a person.
        reason: Why.
        patch: What is told to the program: a merge patch of its overrides; "" to drop what is over and no more.
        undo: The patch that takes it back; "" if there is no way back.
        rolls: Whether new pods are made, which are watched and taken back when they are bad.
        pods: How many there have to be in the end; None for whatever the autoscaler wants.
        done: It is so already.
    """

    kind: Kind
    release: Release
    what: str
    before: str
    reason: str
    patch: str
    undo: str
    rolls: bool
    pods: range | None = None
    done: bool = False

    @property
    def target(self) -> str:
        """What the engine may touch."""
        return API_COMPONENT if self.rolls else AUTOSCALER

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        if self.done:
            return [f"{self.kind} on {scene.stack}: {self.before}: nothing to do"]
        bad = f"back to: {self.before}" if self.rolls and self.undo else "it is left as it is, and said"
        return [
            f"{self.kind} of {self.release.version} on {scene.stack}: {self.what}",
            f"  before:  {self.before}",
            f"  reason:  {self.reason}",
            f"  engine:  up, targeted at {self.target}",
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            f"  if bad:  {bad}",
            "  record:  one ConfigMap in the ledger",
        ]


def facts(scene: Scene) -> tuple[Release, Overrides]:
    """What runs by the stack's own outputs, and how it is overridden, over or not.

    Raises:
        PreconditionError: Nothing runs.
    """
    release, overrides = running(scene)
    if release is None:
        raise PreconditionError(f"stack {scene.stack}: runs no release; bring one in first: `rez deploy VERSION`")
    return release, overrides


def patch(kind: Kind, override: BaseModel | None) -> str:
    """A merge patch that sets one kind, or lifts it."""
    return json.dumps({kind: override and override.model_dump(mode="json")})


def carry_out(scene: Scene, change: Change, *, wait_s: float = 0.0) -> Result:
    """Carry a change out, while no deploy, rollback or other change goes on.

    Args:
        scene: Where.
        change: What; that it still fits what runs is read once more under the lock.
        wait_s: How long to wait for another run.

    Raises:
        PreconditionError: A run was left half done, or another release runs by now; nothing was touched.
        PolicyViolation: Nothing was touched.
        LockHeld: Somebody else holds the lock: nothing was touched, or what this run was doing is somebody else's now.
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile; nothing is taken back.
        RezError: The engine failed and has changed nothing that pods are made from.
    """
    if change.done:
        return Result(change, scene.stack, "unchanged")
    with held(scene, wait_s=wait_s) as alone:
        _refuse_other(alone, change)
        return _carried_out(alone, change)


def _refuse_other(scene: Scene, change: Change) -> None:
    entry = left.read(scene)
    if entry is not None and entry.touching is not None:
        raise PreconditionError(
            f"{change.kind}: the {entry.touching} was left half done, so that nobody knows whether what runs is good; "
            "finish it by `rez deploy`, or take it back by `rez rollback`, then do this again"
        )
    release, _ = facts(scene)
    if release != change.release:
        raise PreconditionError(
            f"{change.kind}: was planned for {change.release.version}, and {release.version} runs by now; do it again"
        )


def _carried_out(scene: Scene, change: Change) -> Result:
    started = scene.now()
    settled = _brought(scene, change)
    outcome, note = _end(scene, change, settled)
    result = Result(change, scene.stack, outcome, settled, note, (scene.now() - started).total_seconds())
    record(scene, change.release, "changed", result.summary(), started=started)
    return result


def judge(scene: Scene, change: Change) -> list[str]:
    """What the engine would do, policies included; nothing is touched.

    Raises:
        PolicyViolation: A rule is broken.
    """
    return bring.judge(scene, change.release, **_kept(scene, change, change.patch)).said


def _kept(scene: Scene, change: Change, patch: str) -> dict[str, str]:
    """What tells the engine to leave the release as it runs: after a rollback that is as its record says."""
    record = scene.engine.rendered() if runs_as_recorded(scene) else ""
    return {"record": record, "overrides": patch, "target": change.target}


def _brought(scene: Scene, change: Change) -> Settled:
    scene.engine.recover()
    judge(scene, change)
    template = failure.template(watch.read(scene.cluster, scene.target).deployment)
    try:
        bring.bring(scene, change.release, **_kept(scene, change, change.patch))
    except failure.REFUSALS:
        raise
    except RezError as error:
        if failure.template(watch.read(scene.cluster, scene.target).deployment) == template:
            raise
        return failure.settled(error)
    return settle(scene, change.release, pods=change.pods)


def _end(scene: Scene, change: Change, settled: Settled) -> tuple[Outcome, str]:
    """Tell the end. When pods do not come up, bounds stay, for fewer would help nobody; other pods are taken back."""
    if settled.healthy:
        return "done", ""
    if not change.rolls:
        return "unsettled", ""
    if not change.undo:
        return "failed", "there is no way back"
    scene.say(f"{change.what}: {settled.verdict.reason}: {settled.verdict.message}; going back to: {change.before}")
    back = _undone(scene, change)
    if not back.healthy:
        return "failed", f"{change.before} does not come back: {back.verdict.message}"
    return ("timed-out" if settled.timed_out else "rolled-back"), ""


def _undone(scene: Scene, change: Change) -> Settled:
    try:
        scene.engine.recover()
        bring.judge(scene, change.release, **_kept(scene, change, change.undo))
        bring.bring(scene, change.release, **_kept(scene, change, change.undo))
        return settle(scene, change.release)
    except failure.REFUSALS as error:
        scene.say(f"not taken back: {error}")
        raise
    except RezError as error:
        return failure.settled(error)
