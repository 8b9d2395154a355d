"""What a drain may take from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.redis import names

if TYPE_CHECKING:
    from infra.manifests import Manifest


def pdb() -> Manifest:
    """One pod at a time: the next one goes once the cluster is whole again."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": names.metadata(f"{names.APP}-pdb"),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": dict(names.SELECTED)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
