"""How the cache is found: by the API, and by its own pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.redis import names

if TYPE_CHECKING:
    from infra.manifests import Manifest


def services() -> list[Manifest]:
    """One address for clients, and a name for each pod, which it needs before it is ready."""
    port = {"name": "redis", "port": names.PORT, "targetPort": "redis", "protocol": "TCP"}
    bus = {"name": "bus", "port": names.BUS_PORT, "targetPort": "bus", "protocol": "TCP"}
    headless = {"type": "ClusterIP", "clusterIP": "None", "publishNotReadyAddresses": True}
    return [
        _service(names.SERVICE, {"type": "ClusterIP", "ports": [port]}),
        _service(names.PEERS, {**headless, "ports": [port, bus]}),
    ]


def _service(name: str, spec: Manifest) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": names.metadata(name, skipAwait="true"),
        "spec": {**spec, "selector": dict(names.SELECTED)},
    }
