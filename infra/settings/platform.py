"""The cluster and the network that the service lives in."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.settings.units import Section


def _network(cidr: str) -> str:
    try:
        ip_network(cidr)
    except ValueError:
        message = f"{cidr[:40]!r} is not an address range; write it like 10.0.0.0/16, with no bit set beyond the prefix"
        raise ValueError(message) from None
    return cidr


Cidr = Annotated[str, AfterValidator(_network)]
Cidrs = Annotated[tuple[Cidr, ...], Field(strict=False, max_length=32)]


class Cluster(Section):
    """Which cluster is the stack's own."""

    kube_system_uid: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        examples=["what `kubectl get namespace kube-system -o jsonpath={.metadata.uid}` prints"],
        description="ours: the UID of the namespace kube-system; another cluster is refused",
    )


class Network(Section):
    """Who may talk to whom."""

    private_cidrs: Cidrs = Field(description="ours: never reached by the rules for hosts on the internet")
    api_server_cidrs: Cidrs = Field(description="ours: from here /metrics and /health are read through the API server")
    database_cidrs: Cidrs = Field(description="ours: private addresses of the database, as of a private endpoint")
