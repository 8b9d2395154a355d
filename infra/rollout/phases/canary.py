"""A few pods of the release beside those that serve, before anything is rolled out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.errors import Inconclusive, UnavailableError
from infra.manifests import canary as manifests
from infra.rollout import failure, watch
from infra.rollout.comparison import Finding
from infra.rollout.phases.provide import provide
from infra.rollout.snapshot import image
from infra.rollout.trial import START_S, Trial, lifetime_s, try_out

if TYPE_CHECKING:
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene
    from infra.rollout.settle import Settled
    from infra.telemetry.source import Source

TRIES: Final = 2
"""One death is forgiven, as in every rollout, and a pod may be taken away; the second says something."""


def phase(run: Run) -> Settled | None:
    """Try the release out.

    Returns:
        None when it may be rolled out; a bad end otherwise: nothing was changed but the canary itself, which is gone.

    Raises:
        Inconclusive: Too little is known, and nobody said that this is to be promoted.
    """
    source = run.scene.metrics
    reason = "there is nothing that could be measured" if source is None else _needless(run)
    if source is None or reason:
        run.scene.say(f"no canary: {reason}")
        return None
    trial = _tried(run, source)
    run.served = trial.served
    if trial.finding is Finding.BAD:
        return trial.settled
    if trial.finding is Finding.INCONCLUSIVE:
        _decide(run, trial)
    return None


def tidy(scene: Scene) -> None:
    """Delete the canary; it ends by itself where that cannot be done."""
    try:
        scene.cluster.delete("batch/v1", "Job", manifests.NAME, scene.target.namespace)
    except UnavailableError as error:
        scene.say(f"canary: cannot be deleted, and ends by its own deadline: {error}")


def _needless(run: Run) -> str:
    """Why there is to be no canary."""
    if not run.scene.canary:
        return "not wanted"
    live = watch.read(run.scene.cluster, run.scene.target).deployment
    if run.previous is None or not failure.available(live):
        return "nothing healthy serves that it could be compared with"
    if image(live, run.scene.target.container) == run.release.image:
        return f"{run.release.version} is being rolled out already"
    return ""


def _tried(run: Run, source: Source) -> Trial:
    scene, settings = run.scene, run.scene.settings.canary
    lives_s = START_S + lifetime_s(settings.duration_s, extended=True)
    job = manifests.canary(
        provide(run),
        version=run.release.version,
        image=run.release.image,
        pods=settings.pods,
        lifetime_s=lives_s,
    )
    for left in reversed(range(TRIES)):
        tidy(scene)  # also what an earlier run has left
        try:
            trial = try_out(scene, job, source)
        finally:
            tidy(scene)
        if not trial.again or not left:
            break
        scene.say(f"{trial.settled.verdict.message}; trying once more")
    return trial


def _decide(run: Run, trial: Trial) -> None:
    """Neither good nor bad: go on only if that is what was asked for."""
    verdict, version = trial.settled.verdict, run.release.version
    if run.scene.settings.canary.on_inconclusive == "promote":
        run.scene.say(f"{verdict.message}: inconclusive, and promoted all the same")
        return
    raise Inconclusive(
        f"{version} is neither good nor bad: {verdict.reason}: {verdict.message}; nothing was rolled out; deploy it "
        f"again when there is more traffic, or promote it: rez deploy {version} --stack {run.scene.stack} "
        "--on-inconclusive promote"
    )
