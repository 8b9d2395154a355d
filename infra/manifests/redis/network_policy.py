"""Who may talk to the cache: the API on the client's port, its own pods on both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests import names as common
from infra.manifests.redis import names

if TYPE_CHECKING:
    from infra.manifests import Manifest


def network_policy() -> Manifest:
    """One policy, both ways; DNS is allowed to every pod elsewhere."""
    peers = {"podSelector": {"matchLabels": dict(names.SELECTED)}}
    api = {"podSelector": {"matchLabels": dict(common.FAMILY)}}
    client, bus = ({"port": number, "protocol": "TCP"} for number in (names.PORT, names.BUS_PORT))
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": names.metadata("redis"),
        "spec": {
            "podSelector": {"matchLabels": dict(names.SELECTED)},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [api], "ports": [client]}, {"from": [peers], "ports": [client, bus]}],
            "egress": [{"to": [peers], "ports": [client, bus]}],
        },
    }
