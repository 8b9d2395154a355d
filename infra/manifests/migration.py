"""The Job that brings the database's schema up to a release, from the release's own image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

Class = Literal["none", "expand", "contract"]
"""What a release does to the schema: nothing; add to it, which releases before can live with; take from it what they
may still use."""

LABEL: Final = "dev.rez.migration"
"""The image's label that says so."""

NAME: Final = f"{names.APP}-migration"
CONTAINER: Final = "migration"
COMMAND: Final = ("npm", "run", "migrate")

_TRACK: Final = {"track": "migration"}
_BY_REZ: Final = {"app.kubernetes.io/managed-by": "rez"}
_KEPT_S: Final = 600
"""How long a Job that has ended can still be looked at."""

_OF_A_SERVER: Final = ("ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle")


def class_of(labels: Mapping[str, str]) -> Class:
    """What an image's labels say of its migration; `none` when they say nothing.

    Raises:
        ValueError: They say something else.
    """
    found = labels.get(LABEL, "none")
    if found not in get_args(Class):
        raise ValueError(f"its label {LABEL} is {found[:80]!r}; it must be one of {', '.join(get_args(Class))}")
    return cast("Class", found)


def migration(template: Manifest, *, version: str, image: str, timeout_s: int) -> Manifest:
    """The Job of a release's migration; its name makes it the only one.

    Args:
        template: Metadata and spec of an API pod, as the Deployment is about to have it.
        version: The release's.
        image: The release's, by digest.
        timeout_s: Kubernetes ends it then.

    Returns:
        A Job of one pod, without the label that the Service selects. A failure is its end; a pod that was taken away is
        replaced, but not before it is gone.
    """
    labels = {**template["metadata"]["labels"], names.VERSION_LABEL: version, **_TRACK, **_BY_REZ}
    labels = {key: value for key, value in labels.items() if key != "app"}
    spec = {
        **{key: value for key, value in template["spec"].items() if key != "topologySpreadConstraints"},
        "restartPolicy": "Never",
        "containers": [_container(each, image) for each in _api(template)],
    }
    taken_away = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "parallelism": 1,
            "completions": 1,
            "backoffLimit": 0,
            "activeDeadlineSeconds": timeout_s,
            "ttlSecondsAfterFinished": _KEPT_S,
            "podReplacementPolicy": "Failed",
            "podFailurePolicy": {"rules": [taken_away]},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def _api(template: Manifest) -> list[Manifest]:
    return [each for each in template["spec"]["containers"] if each["name"] == names.CONTAINER]


def _container(api: Manifest, image: str) -> Manifest:
    kept = {key: value for key, value in api.items() if key not in _OF_A_SERVER}
    return {**kept, "name": CONTAINER, "image": image, "command": list(COMMAND)}
