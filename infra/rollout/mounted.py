"""Which Secrets the pods of a workload mount. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout.live import objects, text

if TYPE_CHECKING:
    from infra.manifests import Manifest


def secrets(workload: Manifest | None) -> list[str]:
    """The names of those that a Deployment, StatefulSet, ReplicaSet or Job has as volumes, alone or projected."""
    volumes = objects(workload, "spec", "template", "spec", "volumes")
    alone = [text(volume, "secret", "secretName") for volume in volumes]
    together = [text(each, "secret", "name") for volume in volumes for each in objects(volume, "projected", "sources")]
    return [name for name in (*alone, *together) if name]
