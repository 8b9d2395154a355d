"""What this machine can carry: real nodes or only simulated ones, and whether there is room."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.local import paths

CONTROLLERS = frozenset({"cpu", "memory", "pids"})
MEMORY_MIB = 3500
"""The local system with three nodes and ten pods; a machine sold as 4 GB passes."""
BUILD_MIB = 12 * 1024
"""Sources, compiled packages and binaries of the whole toolchain."""
RUN_MIB = 2 * 1024
"""Images and state of a running local system, times three nodes."""


@dataclass(frozen=True)
class Abilities:
    """What was read from the machine.

    Attributes:
        system: ``Linux``, ``Darwin``, …
        root: Whether we are root.
        namespaces: Whether new mount, process and network namespaces may be made.
        cgroups: Version of the control groups: 1 or 2; 0 if there are none.
        controllers: Those that can limit a pod.
        memory_mib: The machine's memory.
        disk_mib: Free where the cache is.
        cores: Processors.
    """

    system: str
    root: bool
    namespaces: bool
    cgroups: int
    controllers: frozenset[str]
    memory_mib: int
    disk_mib: int
    cores: int

    @property
    def obstacles(self) -> list[str]:
        """Why real nodes cannot run here; empty if they can."""
        if self.system != "Linux":
            return [f"real nodes need Linux, this is {self.system}"]
        found = {
            "real nodes need root": not self.root,
            "new namespaces are refused": not self.namespaces,
            f"cgroup controllers are missing: {', '.join(sorted(CONTROLLERS - self.controllers))}": not self.controllers
            >= CONTROLLERS,
        }
        return [obstacle for obstacle, holds in found.items() if holds]


def read() -> Abilities:
    """Read the machine's abilities; changes nothing."""
    version, controllers = _cgroups(Path("/sys/fs/cgroup"))
    return Abilities(
        system=platform.system(),
        root=os.geteuid() == 0,
        namespaces=_namespaces(),
        cgroups=version,
        controllers=controllers,
        memory_mib=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        disk_mib=shutil.disk_usage(_existing(paths.cache())).free // 2**20,
        cores=os.cpu_count() or 1,
    )


def _namespaces() -> bool:
    """Tried rather than read: security modules and containers refuse in many ways."""
    command = ["unshare", "--mount", "--pid", "--net", "--fork", "true"]
    try:
        return subprocess.run(command, capture_output=True, timeout=5, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _cgroups(root: Path) -> tuple[int, frozenset[str]]:
    unified = root / "cgroup.controllers"
    if unified.exists():
        return 2, frozenset(unified.read_text(encoding="utf-8").split())
    names = {name for folder in root.glob("*/") for name in re.split(",", folder.name) if (folder / "tasks").exists()}
    return (1 if names else 0), frozenset(names)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
