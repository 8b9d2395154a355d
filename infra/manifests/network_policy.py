"""Who may talk to whom in the namespace: nobody, then the named peers."""

from __future__ import annotations

from ipaddress import ip_network

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE, Settings

_REDIS_PORT = 6379
_MONGODB_PORT = 27017


def network_policies(settings: Settings) -> list[Manifest]:
    """Default deny both ways, and one policy for each peer that is allowed.

    Returns:
        Policies for DNS (every pod), for the public port, Redis and the internet's databases and services (the app's
        pods), and, if their addresses are set, for a private database (the
        app's pods) and the API server's proxy (every pod).
    """
    policies = [
        _policy("default-deny", {}, ingress=[], egress=[]),
        _policy("allow-dns", {}, egress=[_dns()]),
        _policy("allow-public", names.FAMILY, ingress=[{"ports": [_port(names.PORT)]}]),
        _policy("allow-redis", names.FAMILY, egress=[_redis()]),
        _policy("allow-internet", names.FAMILY, egress=[_internet(settings.network.private_cidrs)]),
    ]
    if cidrs := settings.network.database_cidrs:
        blocks = [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]
        egress = [{"to": blocks, "ports": [_port(_MONGODB_PORT)]}]
        policies.append(_policy("allow-database", names.FAMILY, egress=egress))
    if cidrs := settings.network.api_server_cidrs:
        blocks = [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]
        policies.append(_policy("allow-api-server", {}, ingress=[{"from": blocks}]))
    return policies


def _policy(
    name: str, pods: dict[str, str], *, ingress: list[Manifest] | None = None, egress: list[Manifest] | None = None
) -> Manifest:
    rules = {"Ingress": ingress, "Egress": egress}
    spec: Manifest = {
        "podSelector": {"matchLabels": dict(pods)} if pods else {},
        "policyTypes": [kind for kind, rule in rules.items() if rule is not None],
    }
    # An empty list of rules allows nothing, as a missing one does; the API server stores it as missing.
    spec |= {kind.lower(): rule for kind, rule in rules.items() if rule}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": names.metadata(name, NAMESPACE),
        "spec": spec,
    }


def _dns() -> Manifest:
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    return {"to": [peer], "ports": [_port(53, "UDP"), _port(53)]}


def _redis() -> Manifest:
    return {"to": [{"podSelector": {"matchLabels": {"app": "redis"}}}], "ports": [_port(_REDIS_PORT)]}


def _internet(private: tuple[str, ...]) -> Manifest:
    """HTTPS and MongoDB outside the private ranges: plain policies cannot name hosts."""
    peers = [
        {"ipBlock": {"cidr": everything, **({"except": inner} if (inner := _of_version(private, version)) else {})}}
        for everything, version in (("0.0.0.0/0", 4), ("::/0", 6))
    ]
    return {"to": peers, "ports": [_port(443), _port(_MONGODB_PORT)]}


def _of_version(cidrs: tuple[str, ...], version: int) -> list[str]:
    return [cidr for cidr in cidrs if ip_network(cidr).version == version]


def _port(number: int, protocol: str = "TCP") -> Manifest:
    return {"port": number, "protocol": protocol}
