from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from infra.local.cluster.layout import CONTROL_PLANE_IP, DNS_IP, KUBERNETES_IP, SERVICE_CIDR, Machine

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = Machine("/run-folder", {"etcd": "/bin/etcd"}, nodes=9, api_port=7443, simulated=True)


def test_a_description_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "machine.json"
    MACHINE.write(path)
    assert Machine.read(path) == MACHINE
    assert [p.name for p in tmp_path.iterdir()] == ["machine.json"]


def test_no_two_nodes_share_an_address_a_name_or_pod_addresses() -> None:
    nodes = MACHINE.node_list()
    for of in ("name", "ip", "pod_cidr", "containerd_socket"):
        assert len({getattr(n, of) for n in nodes}) == 9
    assert nodes[0].ip == CONTROL_PLANE_IP


def test_pods_nodes_and_services_have_networks_of_their_own() -> None:
    services = ipaddress.ip_network(SERVICE_CIDR)
    pods = [ipaddress.ip_network(n.pod_cidr) for n in MACHINE.node_list()]
    assert not any(services.overlaps(p) for p in pods)
    assert all(ipaddress.ip_address(n.ip) not in net for n in MACHINE.node_list() for net in [services, *pods])
    assert ipaddress.ip_address(DNS_IP) in services
    assert ipaddress.ip_address(KUBERNETES_IP) == services[1]


def test_everything_is_written_below_the_run_folder() -> None:
    places = [MACHINE.pki, MACHINE.log, *(MACHINE.node_dir(n) for n in MACHINE.node_list())]
    assert all(p.is_relative_to("/run-folder") for p in places)


def test_two_systems_never_share_a_cgroup() -> None:
    assert Machine("/a", {}).cgroup != Machine("/b", {}).cgroup
    assert Machine("/a", {}).cgroup == Machine("/a", {}, nodes=1).cgroup
