"""Argo Rollouts: its kinds and its controller, beside the replay cluster's own."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peer import built
from benchmarks.rollout.peers import GO, PEERS
from infra.local.cluster.forward import free_port
from infra.local.toolchain import compiler
from infra.rejection import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.rollout.field import Field

API_VERSION = "argoproj.io/v1alpha1"
NAME = "argo"
_PORT = 8080
_SERVED_S = 30.0


@contextmanager
def controller(place: Field, say: Callable[[str], None]) -> Iterator[None]:
    """Run it while the block lasts."""
    binary = built(PEERS["argo-rollouts"], say)
    apply = [str(place.kubectl), f"--kubeconfig={place.kubeconfig}", "apply", "--server-side"]
    subprocess.run([*apply, *(f"--filename={file}" for file in _kinds(say))], check=True, capture_output=True)
    _served(place)
    port = free_port(_PORT, in_a_row=2)
    ports = [f"--healthzPort={port}", f"--metricsPort={port + 1}"]
    command = [str(binary), f"--kubeconfig={place.kubeconfig}", "--leader-elect=false", *ports]
    with (place.folder / "argo.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _served(place: Field) -> None:
    """Wait until the API server serves what it has just been told of."""
    deadline = time.monotonic() + _SERVED_S
    while True:
        try:
            place.cluster.path(API_VERSION, "Rollout")
        except ApiError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _kinds(say: Callable[[str], None]) -> list[Path]:
    """Its custom resource definitions, as they come with the module."""
    go = compiler.find(say)
    module = ["list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-rollouts"]
    asked = subprocess.run(
        [go.path, *module], cwd=GO / "argo-rollouts", env=go.environment(), check=True, capture_output=True, text=True
    )
    return sorted((Path(asked.stdout.strip()) / "manifests" / "crds").glob("*-crd.yaml"))


def rollout(deployment: dict[str, Any]) -> dict[str, Any]:
    """The same as a Rollout: all at once as a Deployment does it, and taken back when it makes no progress."""
    rolling = deployment["spec"]["strategy"]["rollingUpdate"]
    spec = {**deployment["spec"], "strategy": {"canary": rolling}, "progressDeadlineAbort": True}
    return {**deployment, "apiVersion": API_VERSION, "kind": "Rollout", "spec": spec}
