"""The cgroups under which the local pods run, on version 1 and version 2 hosts."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.local.cluster.layout import Machine

_ROOT = Path("/sys/fs/cgroup")


def _is_v2() -> bool:
    return (_ROOT / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    return [_ROOT] if _is_v2() else [d for d in _ROOT.iterdir() if d.is_dir() and not d.is_symlink()]


def _prepare(group: Path) -> None:
    """Make a new group usable: v2 wants controllers passed down, v1's cpuset starts empty."""
    if _is_v2():
        names = (group.parent / "cgroup.controllers").read_text().split()
        with contextlib.suppress(OSError):  # a group with processes of its own cannot pass everything down
            (group.parent / "cgroup.subtree_control").write_text(" ".join(f"+{n}" for n in names))
    for name in ("cpuset.cpus", "cpuset.mems"):
        if not _is_v2() and (group / name).exists():
            (group / name).write_text((group.parent / name).read_text())


def create(machine: Machine) -> None:
    """Make the parent group of every node, in every hierarchy."""
    for hierarchy in _hierarchies():
        for node in machine.node_list():
            for group in (hierarchy / machine.cgroup, hierarchy / machine.cgroup / node.name):
                group.mkdir(exist_ok=True)
                _prepare(group)


def remove(machine: Machine, *, timeout_s: float = 10.0) -> list[Path]:
    """Remove the groups once their processes are gone.

    Returns:
        Groups that still hold processes after the timeout.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        left = []
        for top in [h / machine.cgroup for h in _hierarchies()]:
            groups = sorted(top.rglob("*"), key=lambda p: len(p.parts), reverse=True) if top.exists() else []
            for group in [*(g for g in groups if g.is_dir()), top]:
                with contextlib.suppress(OSError):
                    group.rmdir()
            left += [top] if top.exists() else []
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)
