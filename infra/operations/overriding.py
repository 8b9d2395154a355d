"""What is done to the release that runs: through the engine, watched, pods that do not come up taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from infra.errors import PreconditionError, RezError
from infra.operations import unfinished
from infra.operations.result import Result
from infra.rollout import bring, failure, left, watch
from infra.rollout.held import held
from infra.rollout.phases.record import record
from infra.rollout.releases import running, runs_as_recorded
from infra.rollout.settle import Settled, settle

if TYPE_CHECKING:
    from infra.manifests.overrides import Overrides
    from infra.manifests.release import Release
    from infra.operations.change import Change
    from infra.operations.result import Outcome
    from infra.rollout.journal import Entry
    from infra.rollout.scene import Scene


def facts(scene: Scene) -> tuple[Release, Overrides]:
    """What runs by the stack's own outputs, and how it is overridden, over or not.

    Raises:
        PreconditionError: Nothing runs.
    """
    release, overrides = running(scene)
    if release is None:
        raise PreconditionError(f"stack {scene.stack}: runs no release; bring one in first: `rez deploy VERSION`")
    return release, overrides


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
    if change.done and unfinished.read(scene) is None:
        return Result(change, scene.stack, "unchanged")
    with held(scene, wait_s=wait_s) as alone:
        _refuse_other(alone, change)
        if begun := unfinished.read(alone):
            change = _after(alone, change, begun)
        return Result(change, scene.stack, "unchanged") if change.done else _carried_out(alone, change)


def _refuse_other(scene: Scene, change: Change) -> None:
    entry = left.read(scene)
    touching = entry.touching if entry else None
    if touching is not None and touching.change is None:
        raise PreconditionError(
            f"{change.kind}: the {touching} was left half done, so that nobody knows whether what runs is good; "
            "finish it by `rez deploy`, or take it back by `rez rollback`, then do this again"
        )
    release, _ = facts(scene)
    if release != change.release:
        raise PreconditionError(
            f"{change.kind}: was planned for {change.release.version}, and {release.version} runs by now; do it again"
        )


def _after(scene: Scene, change: Change, begun: Entry) -> Change:
    """Finish what another run was killed in, and give the change as it is then.

    Raises:
        RollbackFailed: What it began can neither be finished nor taken back.
    """
    before = unfinished.change_of(begun)
    if before.kind == change.kind and not change.done:
        scene.say(f"the {begun} was left half done: this {change.kind} takes its place")
        return replace(change, before=before.before, undo=before.undo, rolls=before.rolls or change.rolls)
    scene.say(f"the {begun} was left half done: going on with it")
    result = _carried_out(scene, before, begun)
    scene.say("\n".join(result.lines(scene)))
    if result.outcome == "failed" and (failed := result.error()):
        raise failed
    return change


def _carried_out(scene: Scene, change: Change, begun: Entry | None = None) -> Result:
    started = scene.now()
    entry = begun or unfinished.entry_of(scene, change)
    with unfinished.journalled(scene, entry):
        settled = left.verdict(entry) if entry.bad else _brought(scene, change)
        if not settled.healthy:
            scene.lock.write(entry.condemned(settled))
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


def _kept(scene: Scene, change: Change, patch: str) -> dict[str, Any]:
    """What tells the engine to leave the release as it runs: after a rollback that is as its record says."""
    record = scene.engine.rendered() if runs_as_recorded(scene) else ""
    return {"record": record, "overrides": patch, "targets": [change.target]}


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
