"""First process of the machine: builds its inside, starts the daemons, keeps them running, reaps the dead.

It is PID 1 of namespaces of its own for processes, mounts and network. When it ends, in whatever way, the kernel ends
every container, unmounts every volume and drops every route and packet filter rule: cleaning up is not our code's duty.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.cluster import cgroups, daemons, network
from infra.local.cluster.layout import Machine

if TYPE_CHECKING:
    from infra.local.cluster.daemons import Daemon

_RESTART_DELAY_S = 1.0
_PRIVATE = ("/run", "/var/log", "/var/lib")
"""What CNI, containerd and kubelet write outside their folders: hidden behind a tmpfs that dies with the machine."""


def _die_with_parent() -> None:
    """Runs in the child before exec: without namespaces (simulated nodes) nothing else would end it."""
    network.set_parent_death_signal(signal.SIGKILL)


class Supervisor:
    """Starts daemons and starts them again a second after they end.

    Args:
        machine: What runs.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.running: dict[int, Daemon] = {}
        self.due: list[tuple[float, Daemon]] = []

    def start(self, daemon: Daemon) -> None:
        """Start a daemon in its node's network, its output appended to its log."""
        argv = daemon.argv
        if not self.machine.simulated and daemon.node > 1:
            argv = ["nsenter", f"--net={network.namespace(daemon.node)}", "--", *argv]
        with (self.machine.log / f"{daemon.name}.log").open("ab") as log:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "HOME": "/", **daemon.env},
                cwd="/",
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - nothing else runs yet
            )
        self.running[process.pid] = daemon

    def reap(self) -> None:
        """Collect every ended child: daemons are due again, orphans of the containers are forgotten."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if daemon := self.running.pop(pid, None):
                print(f"{daemon.name} ended with status {status}; starting it again", flush=True)
                self.due.append((time.monotonic() + _RESTART_DELAY_S, daemon))

    def run(self) -> None:
        """Start every daemon and look after them for ever."""
        for daemon in daemons.all_of(self.machine):
            self.start(daemon)
        while True:
            self.reap()
            now = time.monotonic()
            ready = [d for when, d in self.due if when <= now]
            self.due = [(when, d) for when, d in self.due if when > now]
            for daemon in ready:
                self.start(daemon)
            time.sleep(0.1)


def _hide_the_host() -> None:
    for place in _PRIVATE:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place], check=True)


def main(description: str) -> None:
    """Become the machine that the file `description` tells of; returns only by a signal."""
    machine = Machine.read(Path(description))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us
    if not machine.simulated:
        _hide_the_host()
        network.create(machine)
        cgroups.create(machine)
    Supervisor(machine).run()


if __name__ == "__main__":
    main(sys.argv[1])
