"""`rez deploy`: refuse what cannot work, bring the release in, watch it, take it back when it is bad, record it.

It reads like its list of phases; `infra.rollout.run` tells what a phase is and how one is added.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from infra.rollout import left
from infra.rollout.go_back import go_back
from infra.rollout.held import held
from infra.rollout.phases import bake, canary, migrate, preview, prune, record, up, watch
from infra.rollout.preflight import Plan, preflight, survey
from infra.rollout.report import Report
from infra.rollout.run import Phase, Run, carry_out, tidy

if TYPE_CHECKING:
    from infra.rollout.report import Outcome
    from infra.rollout.scene import Scene
    from infra.rollout.settle import Settled

__all__ = ["PHASES", "Plan", "deploy", "preflight"]

PHASES: Final = (
    Phase("preview", preview.phase),
    Phase("migrate", migrate.phase),
    Phase("canary", canary.phase, canary.tidy),
    Phase("up", up.phase, rolls_out=True),
    Phase("watch", watch.phase),
    Phase("bake", bake.phase),
    Phase("record", record.deployed),
    Phase("prune", prune.phase),
)
"""What a deploy does, in this order, once its preflight has let it pass."""


def deploy(scene: Scene, plan: Plan, *, wait_s: float = 0.0) -> Report:
    """Carry a plan out, while no other run does.

    A second call after an interruption of any kind finishes what the first began.

    Args:
        scene: Where to deploy.
        plan: From `preflight`; what it rests on is read once more under the lock.
        wait_s: How long to wait for another run.

    Raises:
        PolicyViolation: Nothing was touched.
        LockHeld: Somebody else deploys: nothing was touched, or what this run was doing is somebody else's now.
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile; nothing is rolled back.
        RezError: The engine failed before the release was rolled out; nothing is recorded.
    """
    with held(scene, wait_s=wait_s) as alone:
        return _deploy(alone, replace(survey(alone, plan.release), migration=plan.migration))


def _deploy(scene: Scene, plan: Plan) -> Report:
    unfinished = plan.left.touching if plan.left else None
    run = Run("deploy", scene, plan.release, plan.previous, plan.template, scene.now(), left=unfinished)
    run.migration = plan.migration
    if plan.left is not None:
        scene.say(left.told(plan.left, plan.release))
    elif plan.previous is None and not plan.done:
        scene.say("no earlier release is known to have served: this deploy cannot be rolled back by itself")
    try:
        with run.journalled():
            if plan.left is not None:
                tidy(scene, PHASES)
            if plan.adopt is not None:
                record.record(scene, plan.adopt, "deployed", "found serving", started=run.started)
            if plan.done:
                return _report(run, "unchanged", plan.release.version)
            if _settle(run).healthy:
                return _report(run, "deployed", plan.release.version)
            return _report(run, *go_back(run))
    except KeyboardInterrupt:
        scene.say(
            f"interrupted: {plan.release.version} may be half rolled out, and nobody watches it now; go on with "
            f"`rez deploy {plan.release.version} --stack {scene.stack}`, or go back with `rez rollback`"
        )
        raise


def _settle(run: Run) -> Settled:
    """Go through the phases; where a killed run of this release had begun to change the Deployment, from there on."""
    if run.left is None or not left.same(run.left, run.release):
        return carry_out(run, PHASES)
    run.started = datetime.fromisoformat(run.left.since)
    if run.left.bad:
        run.rolls_out, run.settled = True, left.verdict(run.left)
        return run.settled
    return carry_out(run, list(itertools.dropwhile(lambda phase: not phase.rolls_out, PHASES)))


def _report(run: Run, outcome: Outcome, serving: str) -> Report:
    settled = run.settled
    no_way_back = outcome == "deployed" and run.migration == "contract"
    return Report(
        action="deploy",
        stack=run.scene.stack,
        release=run.release,
        previous=None if no_way_back else run.previous,
        outcome=outcome,
        reason="timeout" if settled.timed_out else settled.verdict.reason,
        message=settled.verdict.message,
        serving=serving,
        seconds=run.seconds,
        evidence=() if settled.healthy else tuple(str(evidence) for evidence in settled.verdict.evidence),
        logs=settled.logs,
    )
