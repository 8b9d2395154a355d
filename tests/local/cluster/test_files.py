from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from infra.local.cluster import files
from infra.local.cluster.layout import Machine

CONF = Path(files.__file__).parent / "conf"
OF_A_NODE = ("bridge.conflist", "containerd.toml", "kubelet.yaml", "kube-proxy.yaml")
PLACE = re.compile(r"@[A-Z_]+@")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(str(tmp_path), {})


def test_every_template_has_a_reader() -> None:
    assert {p.name for p in CONF.iterdir()} == {*OF_A_NODE, "Corefile", "system.yaml", "kwok.yaml"}


@pytest.mark.parametrize("template", sorted(p.name for p in CONF.iterdir()))
def test_no_place_is_left_open(machine: Machine, template: str) -> None:
    node = machine.node_list()[1] if template in OF_A_NODE else None
    text = files.render(template, machine, node)
    assert PLACE.findall(text) == []
    assert "node1" not in text


def test_what_is_written_can_be_read(machine: Machine) -> None:
    files.write(machine)
    for node in machine.node_list():
        folder = machine.node_dir(node)
        network = json.loads((folder / "cni/rez.conflist").read_text())
        assert network["plugins"][0]["ipam"]["ranges"] == [[{"subnet": node.pod_cidr}]]
        runtime = tomllib.loads((folder / "containerd.toml").read_text())
        assert runtime["grpc"]["address"] == node.containerd_socket
        kubelet = yaml.safe_load((folder / "kubelet.yaml").read_text())
        assert kubelet["address"] == node.ip
        assert kubelet["cgroupRoot"] == f"/{machine.cgroup}/{node.name}"
        proxy = yaml.safe_load((folder / "kube-proxy.yaml").read_text())
        assert proxy["clientConnection"]["kubeconfig"] == f"{machine.pki}/kube-proxy.kubeconfig"
    assert f"kubeconfig {machine.pki}/coredns.kubeconfig" in (machine.dir / "Corefile").read_text()


def test_writing_again_is_harmless(machine: Machine) -> None:
    files.write(machine)
    files.write(machine)


def test_a_simulated_machine_needs_only_the_players_stages(machine: Machine) -> None:
    simulated = Machine(machine.run, {}, simulated=True)
    files.write(simulated)
    assert sorted(p.name for p in simulated.dir.iterdir()) == ["kwok.yaml", "log"]
    stages = list(yaml.safe_load_all((simulated.dir / "kwok.yaml").read_text()))
    assert [s["spec"]["resourceRef"]["kind"] for s in stages] == ["Node", "Pod", "Pod"]


def test_node_stages_use_only_functions_that_the_player_gives_to_nodes() -> None:
    node, *_ = yaml.safe_load_all((CONF / "kwok.yaml").read_text())
    used = set(re.findall(r"\b(?:Node|Pod)\w+\b(?= )", node["spec"]["next"]["statusTemplate"]))
    assert used <= {"NodeIP", "NodeName", "NodePort", "NodeConditions"}


def test_the_systems_objects_are_objects(machine: Machine) -> None:
    manifests = files.system_manifests(machine)
    assert {m["kind"] for m in manifests} >= {"Service", "EndpointSlice", "APIService", "StorageClass"}
    names = [(m["kind"], m["metadata"].get("namespace"), m["metadata"]["name"]) for m in manifests]
    assert len(names) == len(set(names))
