"""What a release's pods read has to be there before the first of them, which is no pod of the Deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout import bring
from infra.rollout.planned import planned
from infra.rollout.target import SECRETS

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.planned import Planned
    from infra.rollout.run import Run


def provide(run: Run) -> Manifest:
    """Make the config and the Secrets that the plan has for the release; those that serve stay.

    The plan was judged already. What is made stays, too, when the release comes to nothing: nobody reads it.

    Returns:
        Metadata and spec of a pod of the release.

    Raises:
        RezError: The engine cannot make a Secret.
    """
    pod = planned(run.plan, run.template)
    if not run.provided:
        _make(run, pod)
        run.provided = True
    return pod.template


def _make(run: Run, pod: Planned) -> None:
    if pod.config is not None:
        run.scene.cluster.apply(pod.config)
    if not run.template:
        bring.bring(run.scene, run.release, targets=[SECRETS])
    elif pod.secrets:
        run.scene.say("engine: making the Secrets of this release first")
        bring.bring(run.scene, run.release, targets=pod.secrets)
