"""A release that was found bad is taken back: the last good one is brought in and watched as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import Inconclusive, LockHeld, RezError, UnavailableError
from infra.rollout import bring, failure, ledger
from infra.rollout.phases.record import record
from infra.rollout.settle import Settled, settle

if TYPE_CHECKING:
    from infra.manifests.release import Release
    from infra.rollout.report import Outcome
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene

STEP = "roll back"


def go_back(run: Run, bad: Settled) -> tuple[Outcome, str]:
    """Take a bad release back, and record it.

    Args:
        run: The run that brought it in.
        bad: What was found out about it.

    Returns:
        The outcome, and what serves now.

    Raises:
        UnavailableError: The cluster went away before it was done.
        LockHeld: Somebody else changes the stack.
        Inconclusive: Somebody else changed the Deployment meanwhile.
    """
    scene, bad_release = run.scene, run.release
    reason = "no verdict before the deadline" if bad.timed_out else bad.verdict.reason
    scene.say(f"{bad_release.version} is bad: {reason}: {bad.verdict.message}")
    taken_back: Outcome = "timed-out" if bad.timed_out else "rolled-back"
    if not run.rolls_out:
        record(scene, bad_release, "rolled-back", f"{reason}: {bad.verdict.message}", started=run.started)
        return taken_back, run.previous.version if run.previous else "what ran before"
    if run.previous is None:
        record(scene, bad_release, "failed", reason, started=run.started)
        return "failed", "there is no earlier release to go back to"
    run.enter(STEP)
    scene.say(f"rolling back to {run.previous.version}")
    try:
        back = _brought_back(scene, run.previous)
    except Inconclusive:
        record(scene, bad_release, "failed", f"{reason}; what came after it is somebody else's", started=run.started)
        raise
    if not back.healthy:
        record(scene, bad_release, "failed", f"{reason}; rollback: {back.verdict.message}", started=run.started)
        return "failed", f"{run.previous.version} does not come back: {back.verdict.message}"
    record(scene, bad_release, "rolled-back", f"{reason}: {bad.verdict.message}", started=run.started)
    return taken_back, run.previous.version


def _brought_back(scene: Scene, previous: Release) -> Settled:
    try:
        scene.engine.recover()
        found = ledger.found(ledger.records(scene.cluster, scene.target.namespace), previous)
        rendered = found.rendered if found else ""
        bring.judge(scene, previous, record=rendered)
        bring.bring(scene, previous, record=rendered)
        return settle(scene, previous)
    except (UnavailableError, LockHeld) as error:
        go_on = f"the rollback is not finished: run `rez rollback {previous.version} --stack {scene.stack}`"
        scene.say(go_on)
        raise type(error)(f"{error}; {go_on}") from error
    except Inconclusive:
        raise
    except RezError as error:
        return failure.settled(error)
