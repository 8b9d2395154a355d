"""Writes the configuration files of the daemons from the templates in `conf/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from infra.local.cluster.layout import CONTROL_PLANE_IP, DNS_IP, DOMAIN, STORAGE_CLASS, Machine, Node

_CONF = Path(__file__).parent / "conf"


def render(template: str, machine: Machine, node: Node | None = None) -> str:
    """A template of `conf/` with its `@NAME@` places filled in."""
    values = {
        "PKI": str(machine.pki),
        "CGROUP": machine.cgroup,
        "CONTROL_PLANE_IP": CONTROL_PLANE_IP,
        "DNS_IP": DNS_IP,
        "DOMAIN": DOMAIN,
        "STORAGE_CLASS": STORAGE_CLASS,
    }
    if node:
        values |= {
            "DIR": str(machine.node_dir(node)),
            "NODE": node.name,
            "NODE_IP": node.ip,
            "POD_CIDR": node.pod_cidr,
        }
    text = (_CONF / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def system_manifests(machine: Machine) -> list[dict[str, Any]]:
    """What is applied to a new cluster before anything else (DNS, metrics, a storage class)."""
    return [m for m in yaml.safe_load_all(render("system.yaml", machine)) if m]


def write(machine: Machine) -> None:
    """Write every daemon's configuration below the run folder."""
    machine.log.mkdir(parents=True, exist_ok=True)
    if machine.simulated:
        (machine.dir / "kwok.yaml").write_text((_CONF / "kwok.yaml").read_text())
        return
    (machine.dir / "Corefile").write_text(render("Corefile", machine))
    for node in machine.node_list():
        folder = machine.node_dir(node)
        (folder / "cni").mkdir(parents=True, exist_ok=True)
        (folder / "pod-logs").mkdir(exist_ok=True)
        (folder / "resolv.conf").write_text("")
        (folder / "cni" / "rez.conflist").write_text(render("bridge.conflist", machine, node))
        for template in ("containerd.toml", "kubelet.yaml", "kube-proxy.yaml"):
            (folder / template).write_text(render(template, machine, node))
