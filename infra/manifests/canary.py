"""Pods of a new release beside those that serve: a Job, so that they end by themselves if nobody ends them."""

from __future__ import annotations

from typing import Final

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE

NAME: Final = f"{names.APP}-canary"
TRACK: Final = {"track": "canary"}
"""What keeps the pods out of the Deployment, the autoscaler and the disruption budget."""

BEHIND_THE_SERVICE: Final = {"app": names.APP}
"""What the Service selects: a canary gets this label, and with it traffic, once it has shown that it answers."""

_BY_REZ: Final = {"app.kubernetes.io/managed-by": "rez"}
"""The engine knows nothing of the Job, and nobody shall miss it in the stack's state."""

_KEPT_S: Final = 60
"""How long a Job that has ended can still be looked at."""


def canary(template: Manifest, *, version: str, image: str, pods: int, lifetime_s: int) -> Manifest:
    """The Job of a release's canary.

    Args:
        template: Metadata and spec of an API pod, as the Deployment has it or is about to.
        version: The release's.
        image: The release's, by digest.
        pods: How many.
        lifetime_s: Kubernetes ends them after so many seconds.

    Returns:
        A Job whose pods differ from the template in their image, in their track, and in not being behind the Service. A
        container that ends is not started again: the first death is the Job's end.
    """
    labels = {**template["metadata"]["labels"], names.VERSION_LABEL: version, **TRACK, **_BY_REZ}
    labels = {key: value for key, value in labels.items() if key not in BEHIND_THE_SERVICE}
    spec = {
        **template["spec"],
        "restartPolicy": "Never",
        "containers": _containers(template, image),
        "topologySpreadConstraints": _spread(template),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "parallelism": pods,
            "completions": pods,
            "backoffLimit": 0,
            "activeDeadlineSeconds": lifetime_s,
            "ttlSecondsAfterFinished": _KEPT_S,
            "template": {"metadata": {**template["metadata"], "labels": labels}, "spec": spec},
        },
    }


def _containers(template: Manifest, image: str) -> list[Manifest]:
    return [
        {**container, "image": image} if container["name"] == names.CONTAINER else container
        for container in template["spec"]["containers"]
    ]


def _spread(template: Manifest) -> list[Manifest]:
    """Spread canary pods among themselves."""
    selector = {"matchLabels": {**names.FAMILY, **TRACK}}
    constraints = template["spec"].get("topologySpreadConstraints", [])
    return [{**constraint, "labelSelector": selector} for constraint in constraints]
