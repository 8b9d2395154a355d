"""A release that was found bad is taken back: the last good one is brought in and watched as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import Inconclusive, LockHeld, RezError, UnavailableError
from infra.rollout import bring, contract, failure, ledger
from infra.rollout.phases.record import record
from infra.rollout.run import Phase, outlasting
from infra.rollout.settle import settle

if TYPE_CHECKING:
    from infra.manifests.release import Release
    from infra.rollout.report import Outcome
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene
    from infra.rollout.settle import Settled

STEP = "roll back"


def go_back(run: Run) -> tuple[Outcome, str]:
    """Take the release back that a run has found bad, and record it.

    Returns:
        The outcome, and what serves now.

    Raises:
        UnavailableError: The cluster went away before it was done.
        LockHeld: Somebody else changes the stack.
        Inconclusive: Somebody else changed the Deployment meanwhile.
    """
    scene, bad, previous = run.scene, run.settled, run.previous
    reason = "no verdict before the deadline" if bad.timed_out else bad.verdict.reason
    scene.say(f"{run.release.version} is bad: {reason}: {bad.verdict.message}")
    taken_back: Outcome = "timed-out" if bad.timed_out else "rolled-back"
    if not run.rolls_out:
        record(scene, run.release, "rolled-back", f"{reason}: {bad.verdict.message}", started=run.started)
        return taken_back, previous.version if previous else "what ran before"
    if previous is None:
        record(scene, run.release, "failed", reason, started=run.started)
        return "failed", "there is no earlier release to go back to"
    if left_behind := contract.past(ledger.records(scene.cluster, scene.target.namespace), previous):
        record(scene, run.release, "failed", f"{reason}; no way back past a contract", started=run.started)
        return "failed", contract.told(left_behind)
    try:
        back = _brought_back(run, previous)
    except Inconclusive:
        record(scene, run.release, "failed", f"{reason}; what came after it is somebody else's", started=run.started)
        raise
    if not back.healthy:
        record(scene, run.release, "failed", f"{reason}; rollback: {back.verdict.message}", started=run.started)
        return "failed", f"{previous.version} does not come back: {back.verdict.message}"
    record(scene, run.release, "rolled-back", f"{reason}: {bad.verdict.message}", started=run.started)
    return taken_back, previous.version


def _brought_back(run: Run, previous: Release) -> Settled:
    def phase(run: Run) -> Settled:
        run.scene.say(f"rolling back to {previous.version}")
        try:
            run.scene.engine.recover()
            rendered = _rendered(run.scene, previous)
            bring.judge(run.scene, previous, record=rendered)
            bring.bring(run.scene, previous, record=rendered)
            return settle(run.scene, previous)
        except (UnavailableError, LockHeld, Inconclusive):
            raise
        except RezError as error:
            run.scene.lock.confirm()  # it may have failed because the lock is somebody else's
            return failure.settled(error)

    try:
        return outlasting(run, Phase(STEP, phase)) or run.settled
    except (UnavailableError, LockHeld) as error:
        if run.scene.lock.lost.is_set():
            raise
        go_on = f"the rollback is not finished: run `rez rollback {previous.version} --stack {run.scene.stack}`"
        run.scene.say(go_on)
        raise type(error)(f"{error}; {go_on}") from error


def _rendered(scene: Scene, release: Release) -> str:
    """What its record says was declared for it; "" when that is not known."""
    found = ledger.found(ledger.records(scene.cluster, scene.target.namespace), release)
    return found.rendered if found else ""
