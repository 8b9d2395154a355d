from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.manifests.network_policy import network_policies

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
    assert rule["to"][0]["ipBlock"] == {"cidr": "0.0.0.0/0", "except": list(settings.network.private_cidrs)}


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
