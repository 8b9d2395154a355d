"""The Atlas project's access list: who may reach the database at all."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Final

from policies.databases.atlas import ACCESS_LIST
from policies.limits import NETWORK_SOURCE, OWNED_BITS, PREFIX_BITS
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = (ACCESS_LIST,)
_SOURCE: Final = f"{NETWORK_SOURCE}; MongoDB Atlas documentation, IP Access List"
_SNIPPET: Final = "cidrBlock: 203.0.113.16/28\ncomment: the cluster's NAT gateways\n"
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


def _entries(entry: Node) -> Iterator[Node]:
    for field in ("cidrBlock", "ipAddress"):
        if (part := entry.at(field)).value is not None:
            yield part


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        bits = network.prefixlen - _MAPPED.prefixlen
        return IPv4Network((network.network_address.ipv4_mapped or 0, bits), strict=False)
    return network


def _wider(network: IPv4Network | IPv6Network, bits: dict[int, int]) -> bool:
    return network.prefixlen < bits[network.version]


@rule(
    About(
        id="atlas-access-list-public",
        severity=Severity.CRITICAL,
        title="The database cannot be reached from the whole internet",
        why="A leaked or guessed password is then all that anybody needs",
        remedy="name the addresses of the cluster's NAT gateways, or use a private endpoint",
        snippet=_SNIPPET,
        source=_SOURCE,
        exemptable=False,
    ),
    kinds=_KINDS,
    each=_entries,
)
def public(entry: Node) -> Iterator[Violation]:
    """Refuse what is wider than any network that somebody owns: 0.0.0.0/0, and its halves and quarters too."""
    network = _network(entry.text())
    if network and _wider(network, OWNED_BITS):
        yield entry.must(be="be the network of our own cluster, not the internet")


@rule(
    About(
        id="atlas-access-list-width",
        severity=Severity.HIGH,
        title="No entry of the database's access list is wider than a network of our own can be",
        why="A wide range lets strangers in: other customers of the same cloud have addresses in it",
        remedy="name the addresses of the cluster's NAT gateways, at most a /16 of IPv4 or a /48 of IPv6",
        snippet=_SNIPPET,
        source=_SOURCE,
    ),
    kinds=_KINDS,
    each=_entries,
)
def width(entry: Node) -> Iterator[Violation]:
    """Compare the prefix; what is the whole internet has a rule of its own, and what cannot be read is refused."""
    network = _network(entry.text())
    if network is None:
        yield entry.must(be="be an address or a CIDR block")
    elif _wider(network, PREFIX_BITS) and not _wider(network, OWNED_BITS):
        yield entry.must(be=f"be a /{PREFIX_BITS[network.version]} or narrower")
