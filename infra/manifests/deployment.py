"""The stable pods of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests import Manifest, names
from infra.manifests.pod import Mounts, pod_template
from infra.settings.model import NAMESPACE, Settings

if TYPE_CHECKING:
    from infra.manifests.release import Release


def deployment(settings: Settings, release: Release, mounts: Mounts) -> Manifest:
    """A Deployment without ``replicas``, which are the autoscaler's, and never a pod fewer than before.

    Its rollout is not awaited by the engine: ``rez`` watches it and knows a bad one long before a deadline.
    """
    rollout = settings.api.rollout
    spec = {
        "selector": {"matchLabels": dict(names.STABLE)},
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": 0, "maxSurge": rollout.max_surge},
        },
        "minReadySeconds": rollout.min_ready_s,
        "progressDeadlineSeconds": rollout.progress_deadline_s,
        "revisionHistoryLimit": 10,
        "template": pod_template(settings, release, mounts),
    }
    return declared(spec)


def declared(spec: Manifest) -> Manifest:
    """The Deployment of a spec."""
    metadata = names.metadata(names.APP, NAMESPACE, labels=names.STABLE, skipAwait="true")
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
