"""The place of a replay: one real API server, controllers and scheduler, and a kwok that plays the timelines."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.rollout import stages
from benchmarks.rollout.scenarios import TIMELINES
from infra.local import toolchain
from infra.local.cluster import lifecycle
from infra.local.toolchain.tools import KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.cluster import Cluster

_MORE_NODES = 6


@dataclass(frozen=True)
class Field:
    """A running replay cluster.

    Attributes:
        folder: For the files of the runs.
        kubectl: The cluster's own.
    """

    cluster: Cluster
    folder: Path
    kubeconfig: Path
    kubectl: Path


@contextmanager
def field(say: Callable[[str], None]) -> Iterator[Field]:
    """Start one in a folder of its own, beside any other local system, and leave nothing."""
    tools = toolchain.ensure(["kubernetes", "etcd", "kwok", "kubectl"], say)
    binaries = tools | {name: tools["kubernetes"].parent / name for name in KUBERNETES}
    with tempfile.TemporaryDirectory(prefix="rez-replay-") as name:
        folder = Path(name)
        before = os.environ.get("REZ_RUN")
        os.environ["REZ_RUN"] = str(folder / "run")
        try:
            running = lifecycle.start(binaries, simulated=True)
            cluster = lifecycle.wait_for_api(running)
            lifecycle.wait_for_nodes(running, cluster)
            for number in range(_MORE_NODES):
                node(cluster, f"more{number}")
            kubeconfig = running.machine.dir / "kubeconfig"
            with _player(binaries["kwok"], running.machine.pki / "kwok.kubeconfig", folder):
                yield Field(cluster, folder, kubeconfig, tools["kubectl"])
        finally:
            lifecycle.stop()
            os.environ.pop("REZ_RUN")
            if before is not None:
                os.environ["REZ_RUN"] = before


def node(cluster: Cluster, name: str, **labels: str) -> None:
    """Add a node that kwok plays."""
    labels = {"kubernetes.io/hostname": name, **labels}
    cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})


@contextmanager
def _player(kwok: Path, kubeconfig: Path, folder: Path) -> Iterator[None]:
    config = folder / "stages.yaml"
    config.write_text(stages.config(TIMELINES))
    # It holds no lease of a node: those are the local system's own, which heartbeats them.
    flags = ["--manage-all-nodes=true", "--node-lease-duration-seconds=0", "--cidr=10.88.0.0/16", "-v=WARN"]
    with (folder / "kwok.log").open("wb") as log:
        process = subprocess.Popen(
            [kwok, f"--kubeconfig={kubeconfig}", f"--config={config}", *flags], stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()
