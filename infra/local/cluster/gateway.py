"""The one daemon of the host: it holds the machine, and leads ports of 127.0.0.1 into it.

The machine dies with it: ending this process, even by `kill -9`, ends everything.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from infra.local import process
from infra.local.cluster import network
from infra.local.cluster.forward import Forwarder, free_port
from infra.local.cluster.layout import API_PORT, ATLAS_PORT, CONTROL_PLANE_IP, Machine

_PRIVILEGED = 1024
_APPEAR_S = 20.0
_UNSHARE = [
    "unshare",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
]


def start_machine(machine: Machine, description: Path) -> int:
    """Start the machine's first process.

    Returns:
        Its process id as the host sees it.
    """
    command = [sys.executable, "-m", "infra.local.cluster.machine", str(description)]
    outer = subprocess.Popen(
        command if machine.simulated else [*_UNSHARE, "--", *command],
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: network.set_parent_death_signal(signal.SIGKILL),  # noqa: PLW1509 - nothing else runs yet
    )
    if machine.simulated:
        return outer.pid
    deadline = time.monotonic() + _APPEAR_S
    while not (inner := process.children(outer.pid)):
        if outer.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"unshare started nothing (exit code {outer.poll()}): see the lines above")
        time.sleep(0.01)
    return inner[0]


class Gateway:
    """Publishes ports and remembers in `gateway.json` which.

    Args:
        machine: What runs.
        machine_pid: The machine's first process.
        loop: The event loop that carries the connections.
    """

    def __init__(self, machine: Machine, machine_pid: int, loop: asyncio.AbstractEventLoop) -> None:
        self._machine = machine
        self._pid = machine_pid
        self._loop = loop
        self._forward = Forwarder(loop, None if machine.simulated else machine_pid)
        self._addresses: dict[tuple[str, int], str] = {}
        self.ports: dict[str, dict[str, int]] = {}

    async def serve(self) -> None:
        """Publish the ports of the API server and of Atlas, and carry connections for ever."""
        if not self._machine.simulated:
            await self._forward.open(self._machine.api_port, lambda: (CONTROL_PLANE_IP, API_PORT))
            await self._forward.open(self._machine.atlas_port, lambda: (CONTROL_PLANE_IP, ATLAS_PORT))
        self._remember()
        await asyncio.Event().wait()

    def publish(self, service: str, port: int, address: str) -> None:
        """Lead a port of the host to a Service's port (80 is published as 8080, or as any free one).

        Raises:
            OSError: The port was taken by another in that moment.
        """
        if self._machine.simulated:
            return
        self._addresses[service, port] = address  # a Service that is made again keeps its port, not its address
        ports = self.ports.setdefault(service, {})
        if str(port) in ports:
            return
        number = free_port(port + 8000 if port < _PRIVILEGED else port)
        opening = self._forward.open(number, lambda: (self._addresses[service, port], port))
        asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        ports[str(port)] = number
        self._remember()

    def _remember(self) -> None:
        facts = {
            "gateway": {"pid": os.getpid(), "started": process.started(os.getpid())},
            "machine": {"pid": self._pid, "started": process.started(self._pid)},
            "services": self.ports,
        }
        temporary = self._machine.dir / "gateway.json.new"
        temporary.write_text(json.dumps(facts))
        temporary.replace(self._machine.dir / "gateway.json")


def _cloud(machine: Machine, gateway: Gateway) -> None:
    from infra.cluster import Cluster
    from infra.local.cluster.cloud import Cloud

    cluster = Cluster.connect(kubeconfig=machine.dir / "kubeconfig")
    Cloud(cluster, machine.dir / "volumes", [n.name for n in machine.node_list()], gateway.publish).run()


def main(description: Path) -> None:
    """Run until ended by a signal."""
    machine = Machine.read(description)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    pid = start_machine(machine, description)
    loop = asyncio.new_event_loop()
    gateway = Gateway(machine, pid, loop)
    threading.Thread(target=_cloud, args=(machine, gateway), daemon=True).start()
    loop.run_until_complete(gateway.serve())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
