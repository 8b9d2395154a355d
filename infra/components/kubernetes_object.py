"""A Kubernetes object as a Pulumi resource, made from its manifest as it is.

The classes of ``pulumi_kubernetes`` describe the same resources, but importing the handful needed here takes longer
than all else in the program: their modules hold every kind of an API group. The engine sees type tokens alone.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import pulumi

if TYPE_CHECKING:
    from infra.manifests import Manifest

_CORE: Final = "v1"


class KubernetesObject(pulumi.CustomResource):
    """The resource of one object; its outputs are the object as the API server returned it.

    Args:
        manifest: The object, with apiVersion, kind and metadata.name.
        opts: Resource options.
    """

    def __init__(self, manifest: Manifest, opts: pulumi.ResourceOptions) -> None:
        secret = manifest["kind"] == "Secret"
        super().__init__(
            type_token(manifest["apiVersion"], manifest["kind"]),
            manifest["metadata"]["name"],
            {**manifest, "data": _sealed(manifest["data"])} if secret else manifest,
            pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    version=_provider_version(), additional_secret_outputs=["data"] if secret else []
                ),
            ),
        )

    def output(self, field: str) -> pulumi.Output[Any]:
        """A top-level field of the object as the API server returned it."""
        value: pulumi.Output[Any] = getattr(self, field)
        return value


def _sealed(data: Manifest) -> Manifest:
    """Each value marked as secret by itself: one that is not known yet leaves the others and all keys known."""
    return {name: pulumi.Output.secret(value) for name, value in data.items()}


def type_token(api_version: str, kind: str) -> str:
    """Pulumi's name of a kind: ``kubernetes:core/v1:Service``, ``kubernetes:apps/v1:Deployment``."""
    group = f"core/{_CORE}" if api_version == _CORE else api_version
    return f"kubernetes:{group}:{kind}"


@cache
def _provider_version() -> str:
    return version("pulumi-kubernetes")
