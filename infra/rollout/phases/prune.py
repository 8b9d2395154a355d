"""Old releases' config and Secrets that nobody needs any more are deleted; a deploy is not the worse if it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import UnavailableError
from infra.rejection import ApiError
from infra.rollout import configs, idle_secrets, ledger

if TYPE_CHECKING:
    from infra.rollout.run import Run


def phase(run: Run) -> None:
    """Delete the ConfigMaps that neither pods nor records need, and the Secrets that no pod does."""
    cluster, namespace = run.scene.cluster, run.scene.target.namespace
    try:
        makers = [
            *cluster.list("apps/v1", "Deployment", namespace),
            *cluster.list("apps/v1", "ReplicaSet", namespace),
            *cluster.list("batch/v1", "Job", namespace),
        ]
        config = configs.unneeded(
            cluster.list("v1", "ConfigMap", namespace),
            history=ledger.records(cluster, namespace),
            makers=makers,
            now=run.scene.now(),
        )
        doomed = [*(("ConfigMap", each) for each in config), *(("Secret", each) for each in idle_secrets.idle(makers))]
        for kind, name in doomed:
            cluster.delete("v1", kind, name, namespace)
    except (ApiError, UnavailableError, ValueError) as error:
        run.scene.say(f"old config is not pruned, the next deploy tries again: {error}")
        return
    if doomed:
        deleted = ", ".join(f"{kind}/{name}" for kind, name in doomed)
        run.scene.say(f"old config that neither pods nor records need is deleted: {deleted}")
