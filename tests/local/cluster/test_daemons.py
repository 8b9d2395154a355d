from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from infra.local.cluster import daemons
from infra.local.cluster.layout import Machine

if TYPE_CHECKING:
    from infra.local.cluster.daemons import Daemon

NAMES = (
    *("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"),
    *("coredns", "metrics-server", "kwok", "ferretdb"),
)
TOOLS = {name: f"/tools/{name}" for name in NAMES}
REAL = Machine("/r", TOOLS)
SIMULATED = Machine("/r", TOOLS, api_port=7000, simulated=True)


def flag(daemon: Daemon, name: str) -> str:
    values = [a.partition("=")[2] for a in daemon.argv if a.startswith(f"--{name}=")]
    assert len(values) == 1, (daemon.name, name, values)
    return values[0]


def ports(machine: Machine) -> list[int]:
    """Every port that a daemon of the control plane listens on."""
    etcd, api, controllers, scheduler = daemons.control_plane(machine)
    urls = [flag(etcd, "listen-client-urls"), flag(etcd, "listen-peer-urls")]
    secure = [flag(d, "secure-port") for d in (api, controllers, scheduler)]
    return [int(p) for p in [*(u.rpartition(":")[2] for u in urls), *secure]]


def test_simulated_daemons_share_the_hosts_network_without_collision() -> None:
    assert sorted(ports(SIMULATED)) == [7000, 7001, 7002, 7003, 7004]


def test_simulated_daemons_listen_on_loopback_alone() -> None:
    for daemon in daemons.control_plane(SIMULATED)[1:]:
        assert flag(daemon, "bind-address") == "127.0.0.1"
    for name in ("listen-client-urls", "listen-peer-urls"):
        assert flag(daemons.etcd(SIMULATED), name).startswith("http://127.0.0.1:")


def test_nothing_of_a_simulated_cluster_needs_a_kernel_feature() -> None:
    assert [d.name for d in daemons.all_of(SIMULATED)] == [
        *("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
    ]


def test_every_node_has_its_three_daemons_in_its_own_network() -> None:
    found = Counter(d.node for d in daemons.all_of(REAL) if re.search(r"-node\d$", d.name))
    assert found == {1: 3, 2: 3, 3: 3}


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_names_are_unique_because_each_is_a_log(machine: Machine) -> None:
    names = [d.name for d in daemons.all_of(machine)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_the_store_comes_first_and_the_api_server_finds_it(machine: Machine) -> None:
    etcd, api, *_ = daemons.all_of(machine)
    assert flag(api, "etcd-servers") == flag(etcd, "listen-client-urls") == flag(etcd, "advertise-client-urls")
    assert flag(etcd, "initial-cluster") == f"rez={flag(etcd, 'listen-peer-urls')}"


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_the_api_server_needs_no_default_route(machine: Machine) -> None:
    assert flag(daemons.apiserver(machine), "advertise-address") == "10.240.0.10"


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_the_api_server_authorizes_everybody(machine: Machine) -> None:
    api = daemons.apiserver(machine)
    assert flag(api, "authorization-mode") == "Node,RBAC"
    assert flag(api, "client-ca-file") == "/r/pki/ca.crt"
    assert not [a for a in api.argv if "insecure" in a or "anonymous" in a or "AlwaysAllow" in a]


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_no_daemon_writes_outside_the_run_folder(machine: Machine) -> None:
    pattern = re.compile(r"=(/[^,]*)")
    written = [m[1] for d in daemons.all_of(machine) for a in d.argv if (m := pattern.search(a))]
    assert written
    assert all(p.startswith("/r/") for p in written)


@pytest.mark.parametrize("machine", [REAL, SIMULATED])
def test_no_secret_is_on_a_command_line(machine: Machine) -> None:
    for daemon in daemons.all_of(machine):
        assert not [a for a in daemon.argv if "token" in a or "password" in a or "BEGIN" in a]


def test_each_tool_is_started_by_its_own_path() -> None:
    for daemon in [*daemons.all_of(REAL), *daemons.all_of(SIMULATED)]:
        if not daemon.name.startswith("containerd-"):
            assert daemon.argv[0] in {*TOOLS.values(), sys.executable}  # the local Atlas is ours
