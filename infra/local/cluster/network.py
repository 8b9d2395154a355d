"""Namespaces and the nodes' networks: one namespace each, joined by a bridge, with no way out of the machine."""

from __future__ import annotations

import ctypes
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.cluster.layout import CONTROL_PLANE_IP, Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def namespace(index: int) -> str:
    """Path of a node's network namespace, inside the machine."""
    return "/proc/1/ns/net" if index == 1 else f"/run/netns/node{index}"


def enter(fd: int) -> None:
    """Move the calling thread into a network namespace.

    Raises:
        OSError: The kernel refuses (no CAP_SYS_ADMIN, or no such namespace).
    """
    if _libc.setns(fd, _CLONE_NEWNET):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def set_parent_death_signal(number: int) -> None:
    """Ask the kernel to signal the calling process when its parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, number)


@contextmanager
def inside(there: int, home: int) -> Iterator[None]:
    """Within the block, sockets are made in namespace `there`; they stay in it for their whole life."""
    enter(there)
    try:
        yield
    finally:
        enter(home)


def _ip(*lines: str, netns: str | None = None) -> None:
    prefix = ["nsenter", f"--net={netns}", "--"] if netns else []
    subprocess.run([*prefix, "ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


def _forward(netns: str | None = None) -> None:
    prefix = ["nsenter", f"--net={netns}", "--"] if netns else []
    subprocess.run([*prefix, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=True)


def create(machine: Machine) -> None:
    """Build the network from inside the machine's own network namespace, which becomes node1's."""
    nodes = machine.node_list()
    _ip(
        "link set lo up",
        "link add node0 type bridge",
        f"addr add {CONTROL_PLANE_IP}/24 dev node0",
        "link set node0 up",
        # The default route leads nowhere: it only lets Service addresses reach the packet filter's rules.
        "route add default dev node0",
    )
    _forward()
    Path("/run/netns").mkdir(parents=True, exist_ok=True)
    for node in nodes[1:]:
        subprocess.run(["ip", "netns", "add", node.name], check=True)
        _ip(
            f"link add v{node.index} type veth peer name node0 netns {node.name}",
            f"link set v{node.index} master node0 up",
        )
        _ip(
            "link set lo up",
            f"addr add {node.ip}/24 dev node0",
            "link set node0 up",
            f"route add default via {CONTROL_PLANE_IP}",
            netns=namespace(node.index),
        )
        _forward(namespace(node.index))
    for node in nodes:
        routes = [f"route add {other.pod_cidr} via {other.ip}" for other in nodes if other != node]
        _ip(*routes, netns=None if node.index == 1 else namespace(node.index))
