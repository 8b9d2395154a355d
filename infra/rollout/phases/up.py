"""The engine, for the API alone: config, secrets and the Deployment become the release's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import RezError, UnavailableError
from infra.rollout import bring, failure, watch
from infra.rollout.phases import preview
from infra.rollout.snapshot import image

if TYPE_CHECKING:
    from infra.rollout.run import Run
    from infra.rollout.settle import Settled


def phase(run: Run) -> Settled | None:
    """Run the engine.

    Returns:
        A bad end if the engine failed after it had changed the Deployment; else None.

    Raises:
        RezError: The engine failed and has changed nothing that pods are made from.
    """
    try:
        if preview.is_stale(run):
            preview.phase(run)
        bring.bring(run.scene, run.release, record=run.record)
    except UnavailableError:
        raise
    except failure.REFUSALS:
        run.rolls_out = False
        raise
    except RezError as error:
        run.scene.lock.confirm()  # it may have failed because the lock is somebody else's
        return _after_failure(run, error)
    return None


def _after_failure(run: Run, error: RezError) -> Settled:
    live = watch.read(run.scene.cluster, run.scene.target).deployment
    changed = failure.template(live) != run.template and image(live, run.scene.target.container) == run.release.image
    if changed or (run.action == "rollback" and not failure.available(live)):
        return failure.settled(error)
    run.rolls_out = False
    run.scene.say(f"{run.release.version} was not rolled out by this run: nothing was changed, nothing is recorded")
    raise error
