"""Old releases' config that nobody needs any more is deleted; a deploy is not the worse if it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import UnavailableError
from infra.rejection import ApiError
from infra.rollout import configs, ledger

if TYPE_CHECKING:
    from infra.rollout.run import Run


def phase(run: Run) -> None:
    """Delete the ConfigMaps that neither pods nor records need.

    Secrets stay: the deployer may neither list nor delete them.
    """
    cluster, namespace = run.scene.cluster, run.scene.target.namespace
    try:
        doomed = configs.unneeded(
            cluster.list("v1", "ConfigMap", namespace),
            history=ledger.records(cluster, namespace),
            makers=[
                *cluster.list("apps/v1", "Deployment", namespace),
                *cluster.list("apps/v1", "ReplicaSet", namespace),
                *cluster.list("batch/v1", "Job", namespace),
            ],
            now=run.scene.now(),
        )
        for name in doomed:
            cluster.delete("v1", "ConfigMap", name, namespace)
    except (ApiError, UnavailableError, ValueError) as error:
        run.scene.say(f"old config is not pruned, the next deploy tries again: {error}")
        return
    if doomed:
        run.scene.say(f"old config that neither pods nor records need is deleted: {', '.join(doomed)}")
