"""What a drain may take from the stable pods."""

from __future__ import annotations

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE, Settings


def pdb(settings: Settings) -> Manifest:
    """A budget that slows a drain down and never stops it: broken pods may always go."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": names.metadata(names.DISRUPTION_BUDGET, NAMESPACE, labels={"app": names.APP}),
        "spec": {
            "maxUnavailable": settings.api.disruption.max_unavailable,
            "selector": {"matchLabels": dict(names.STABLE)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
