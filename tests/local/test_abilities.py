"""What a machine can carry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from infra.local import abilities
from infra.local.abilities import CONTROLLERS, Abilities

if TYPE_CHECKING:
    from pathlib import Path

ABLE = Abilities("Linux", True, True, 2, CONTROLLERS, 8000, 50_000, 2)  # noqa: FBT003 - positions of a record


def test_a_machine_for_real_nodes_has_no_obstacles() -> None:
    assert ABLE.obstacles == []


@pytest.mark.parametrize(
    ("changed", "obstacle"),
    [
        ({"system": "Darwin"}, "real nodes need Linux, this is Darwin"),
        ({"root": False}, "real nodes need root"),
        ({"namespaces": False}, "new namespaces are refused"),
        ({"controllers": frozenset({"cpu"})}, "cgroup controllers are missing: memory, pids"),
    ],
)
def test_each_obstacle_is_named(changed: dict[str, object], obstacle: str) -> None:
    assert replace(ABLE, **changed).obstacles == [obstacle]  # type: ignore[arg-type]


def test_cgroups_version_2(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    assert abilities._cgroups(tmp_path) == (2, frozenset({"cpuset", "cpu", "io", "memory", "pids"}))


def test_cgroups_version_1_with_joined_controllers(tmp_path: Path) -> None:
    for name in ("cpu,cpuacct", "memory", "systemd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tasks").touch()
    (tmp_path / "unified").mkdir()
    assert abilities._cgroups(tmp_path) == (1, frozenset({"cpu", "cpuacct", "memory", "systemd"}))


def test_no_cgroups(tmp_path: Path) -> None:
    assert abilities._cgroups(tmp_path) == (0, frozenset())


def test_this_machine_can_be_read_before_the_cache_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "not/yet/there"))
    able = abilities.read()
    assert able.memory_mib > 0
    assert able.disk_mib > 0
    assert able.cores > 0
