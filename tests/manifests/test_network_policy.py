from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.paths import ROOT
from infra.manifests.network_policy import network_policies
from infra.settings import load

if TYPE_CHECKING:
    from infra.settings import Settings


@pytest.fixture
def specs(settings: Settings) -> dict[str, Any]:
    return {policy["metadata"]["name"]: policy["spec"] for policy in network_policies(settings)}


def test_everything_is_denied_both_ways_first(specs: dict[str, Any]) -> None:
    assert specs["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_every_pod_may_ask_the_clusters_dns(specs: dict[str, Any]) -> None:
    (rule,) = specs["allow-dns"]["egress"]
    assert specs["allow-dns"]["podSelector"] == {}
    assert rule["ports"] == [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]


def test_the_public_port_and_no_other_is_open_to_anyone(specs: dict[str, Any]) -> None:
    assert specs["allow-public"]["ingress"] == [{"ports": [{"port": 3000, "protocol": "TCP"}]}]


def test_the_internet_is_https_and_mongodb_outside_private_ranges(settings: Settings, specs: dict[str, Any]) -> None:
    (rule,) = specs["allow-internet"]["egress"]
    assert [port["port"] for port in rule["ports"]] == [443, 27017]
    blocks = {peer["ipBlock"]["cidr"]: peer["ipBlock"]["except"] for peer in rule["to"]}
    assert blocks.keys() == {"0.0.0.0/0", "::/0"}
    assert [*blocks["0.0.0.0/0"], *blocks["::/0"]] == list(settings.network.private_cidrs)


@pytest.mark.parametrize("stack", ["production", "local"])
def test_private_addresses_of_either_family_are_excluded_from_a_range_of_their_own_family(stack: str) -> None:
    (policy,) = (p for p in network_policies(load(stack, ROOT)) if p["metadata"]["name"] == "allow-internet")
    blocks = [peer["ipBlock"] for peer in policy["spec"]["egress"][0]["to"]]
    assert {"fc00::/7", "fe80::/10"} <= {inner for block in blocks for inner in block["except"]}
    for block in blocks:
        assert all(ip_network(inner).subnet_of(ip_network(block["cidr"])) for inner in block["except"])


def test_redis_is_reached_on_its_port_alone(specs: dict[str, Any]) -> None:
    (rule,) = specs["allow-redis"]["egress"]
    assert rule == {
        "to": [{"podSelector": {"matchLabels": {"app": "redis"}}}],
        "ports": [{"port": 6379, "protocol": "TCP"}],
    }


def test_app_policies_also_hold_for_pods_outside_the_service(specs: dict[str, Any]) -> None:
    assert specs["allow-internet"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "merchant-backend"}}


def test_the_api_servers_proxy_is_let_in_from_the_addresses_that_are_set(settings: Settings) -> None:
    network = settings.network.model_copy(update={"api_server_cidrs": ("10.1.0.0/28",)})
    policy = network_policies(settings.model_copy(update={"network": network}))[-1]
    assert policy["spec"]["ingress"] == [{"from": [{"ipBlock": {"cidr": "10.1.0.0/28"}}]}]


def test_without_such_addresses_there_is_no_such_policy(specs: dict[str, Any]) -> None:
    assert "allow-api-server" not in specs


def test_a_database_with_private_addresses_is_reached_there_and_by_its_port_alone(settings: Settings) -> None:
    network = settings.network.model_copy(update={"database_cidrs": ("10.2.0.0/28",)})
    policy = network_policies(settings.model_copy(update={"network": network}))[-1]
    to = [{"ipBlock": {"cidr": "10.2.0.0/28"}}]
    assert policy["spec"]["egress"] == [{"to": to, "ports": [{"port": 27017, "protocol": "TCP"}]}]
