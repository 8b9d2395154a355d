"""Starts, finds and ends the local cluster from the host."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.atlas_api import Atlas
from infra.errors import PreconditionError, UnavailableError
from infra.local import context, paths, process
from infra.local.atlas import access
from infra.local.cluster import cgroups, files, folders, pki
from infra.local.cluster.forward import free_port
from infra.local.cluster.layout import API_PORT, ATLAS_PORT, NODES, Machine
from infra.local.process import Process

if TYPE_CHECKING:
    from pathlib import Path

    from infra.cluster import Cluster

Say = Callable[[str], None]
_START_S = 120.0
_APPEAR_S = 30.0
_SIMULATED_PORTS = 5
"""The API server's and those of the daemons that share the host's network with it."""


@dataclass(frozen=True)
class Running:
    """A local cluster that is up.

    Attributes:
        machine: What runs.
        gateway: The host's daemon.
        first: The machine's first process.
        services: Host port by Service port by `namespace/name`.
    """

    machine: Machine
    gateway: Process
    first: Process
    services: dict[str, dict[str, int]]


def find() -> Running | None:
    """The local cluster if its processes live, else None."""
    folder = paths.run()
    try:
        facts = json.loads((folder / "gateway.json").read_text())
        machine = Machine.read(folder / "machine.json")
    except FileNotFoundError:
        return None
    gateway, first = Process(**facts["gateway"]), Process(**facts["machine"])
    if not (gateway.alive() and first.alive()):
        return None
    return Running(machine, gateway, first, facts["services"])


def _described(tools: Mapping[str, Path], *, simulated: bool) -> Machine:
    """The description of an earlier start if there is one (its certificates name its port), else a new one."""
    folder = paths.run().resolve()
    if not simulated:
        folders.refuse_unfit(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = {name: str(path) for name, path in tools.items()}
    try:
        before = Machine.read(folder / "machine.json")
    except FileNotFoundError:
        if foreign := context.current():
            raise PreconditionError(f"stack local is on context {foreign}: `rez local down` first") from None
        port = free_port(API_PORT, in_a_row=_SIMULATED_PORTS if simulated else 1)
        return Machine(str(folder), known, NODES, port, simulated, free_port(ATLAS_PORT))
    _refuse_other_kind(before, simulated=simulated)
    return Machine(str(folder), known, before.nodes, before.api_port, simulated, before.atlas_port)


def _refuse_other_kind(machine: Machine, *, simulated: bool) -> None:
    if machine.simulated != simulated:
        kind = "simulated" if machine.simulated else "real"
        raise PreconditionError(f"{machine.run} holds a cluster with {kind} nodes: `rez local down` first")


def _spawn(machine: Machine) -> Process:
    (machine.dir / "gateway.json").unlink(missing_ok=True)
    with (machine.log / "machine.log").open("ab") as log:
        gateway = subprocess.Popen(
            [sys.executable, "-m", "infra.local.cluster.gateway", str(machine.dir / "machine.json")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": "/"},
            start_new_session=True,
        )
    found = Process.of(gateway.pid)
    if found is None:
        raise UnavailableError(f"the cluster ended at once: see {machine.log / 'machine.log'}")
    return found


def start(tools: Mapping[str, Path], *, simulated: bool = False) -> Running:
    """Start the cluster, or what is missing of it after a `kill -9`; returns once its processes live.

    Args:
        tools: Absolute path of each binary (`etcd`, `kube-apiserver`, …).
        simulated: Nodes played by kwok instead of real ones.

    Raises:
        PreconditionError: The run folder cannot be used.
        UnavailableError: The processes end at once.
    """
    if running := find():
        _refuse_other_kind(running.machine, simulated=simulated)
        return running
    machine = _described(tools, simulated=simulated)
    machine.write(machine.dir / "machine.json")
    if not (machine.dir / "kubeconfig").exists():
        pki.create(machine)
    if not (simulated or access.file().exists()):
        access.create(machine.atlas_port)
    files.write(machine)
    gateway = _spawn(machine)
    try:
        return _appeared(machine, gateway)
    except BaseException:
        gateway.end()  # nobody could find it: it has not told its name yet
        raise


def _appeared(machine: Machine, gateway: Process) -> Running:
    deadline = time.monotonic() + _APPEAR_S
    while not (running := find()):
        if not gateway.alive() or time.monotonic() > deadline:
            raise UnavailableError(f"the cluster ended at once: see {machine.log / 'machine.log'}")
        time.sleep(0.05)
    return running


def _until(ready: Callable[[], bool], what: str, running: Running) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            if ready():
                return
        except UnavailableError:
            pass  # the API server is still starting
        if time.monotonic() > deadline or not running.first.alive():
            raise UnavailableError(f"{what} not within {_START_S:.0f} s: see the logs in {running.machine.log}")
        time.sleep(0.1)


def wait_for_api(running: Running) -> Cluster:
    """Wait until the API server is ready, and give it what every cluster has (DNS, metrics, a storage class)."""
    from infra.cluster import Cluster

    cluster = Cluster.connect(kubeconfig=running.machine.dir / "kubeconfig")

    def ready() -> bool:
        return cluster.get("v1", "ServiceAccount", "default", "kube-system") is not None

    _until(ready, "the API server was ready", running)
    for manifest in [] if running.machine.simulated else files.system_manifests(running.machine):
        cluster.apply(manifest, field_manager="rez-local", force=True)
    return cluster


def wait_for_nodes(running: Running, cluster: Cluster) -> None:
    """Wait until every node reports Ready; simulated ones have no kubelet to register them."""
    for node in running.machine.node_list() if running.machine.simulated else []:
        labels = {"kubernetes.io/hostname": node.name}
        cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name, "labels": labels}})

    def is_ready(node: dict[str, Any]) -> bool:
        conditions = node.get("status", {}).get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    wanted = {n.name for n in running.machine.node_list()}
    _until(
        lambda: wanted <= {n["metadata"]["name"] for n in cluster.list("v1", "Node") if is_ready(n)},
        f"{len(wanted)} nodes were ready",
        running,
    )


def wait_for_atlas(running: Running) -> None:
    """Wait until the local Atlas answers."""
    atlas = Atlas(access.environment())
    _until(lambda: "results" in atlas.get("/groups"), "Atlas answered", running)
    atlas.close()


def load_images(running: Running, archive: Path, content: str) -> None:
    """Import an OCI archive on every node, unless it is what they were given last.

    Args:
        running: The cluster.
        archive: Tar file for `ctr images import`.
        content: Text that differs whenever the archive's images do.

    Raises:
        UnavailableError: A node's containerd refuses it.
    """
    marker = running.machine.dir / "images.loaded"
    if marker.exists() and marker.read_text() == content:
        return
    enter = ["nsenter", f"--target={running.first.pid}", "--mount", "--"]
    sockets = [n.containerd_socket for n in running.machine.node_list()]
    _until(
        lambda: all(subprocess.run([*enter, "test", "-S", s], check=False).returncode == 0 for s in sockets),
        "containerd answered",
        running,
    )
    imports = [
        subprocess.Popen(
            [*enter, "ctr", "-a", s, "-n", "k8s.io", "images", "import", str(archive)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for s in sockets
    ]
    for one in imports:
        _, errors = one.communicate()
        if one.returncode:
            raise UnavailableError(f"images were not imported: {errors.strip().splitlines()[-1]}")
    marker.write_text(content)


def memory_mib(running: Running) -> int:
    """Resident memory of the gateway, the machine and every container in it, MiB."""
    return sum(process.resident_mib(pid) for pid in process.family(running.gateway.pid))


def stop() -> bool:
    """End the cluster and remove everything it left.

    Returns:
        Whether there was anything to remove.

    Raises:
        UnavailableError: A process or a cgroup did not go away.
    """
    folder = paths.run()
    if not folder.exists():
        return False
    if running := find():
        members = [Process.of(pid) for pid in process.family(running.first.pid)]
        running.gateway.end()
        for member in members:
            if member and not member.wait(10):
                raise UnavailableError(f"process {member.pid} of the local cluster does not end")
    if (folder / "machine.json").exists():
        machine = Machine.read(folder / "machine.json")
        if left := [] if machine.simulated else cgroups.remove(machine):
            raise UnavailableError(f"cgroup {left[0]} still has processes: run `rez local down` again")
    shutil.rmtree(folder)
    return True
