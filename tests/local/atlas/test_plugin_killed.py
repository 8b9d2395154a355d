"""The real engine, when the Atlas plugin is killed while a cluster is made."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra import atlas_api
from infra.local import toolchain
from tests.local.atlas.conftest import cluster
from tests.local.plugins.conftest import PROGRAM, make_project

if TYPE_CHECKING:
    from tests.local.atlas.conftest import Emulator

pytestmark = pytest.mark.engine
TOKEN = "mongodbatlas:index/advancedCluster:AdvancedCluster"


def test_the_next_update_takes_the_cluster_over(emulator: Emulator, tmp_path: Path) -> None:
    group = emulator.project()
    (tmp_path / "engine").mkdir()
    pulumi = toolchain.ensure(["pulumi"], print)["pulumi"]
    project = make_project(pulumi, tmp_path / "engine", tmp_path / "no-kubeconfig", "local")
    project.environment |= emulator.environment
    program = PROGRAM.replace("VERSION", version("pulumi-mongodbatlas")).replace('"status": None', "")
    project.declare({"type": TOKEN, "name": "merchant", "props": cluster(group)}, __main__=program)
    engine = subprocess.Popen(
        [str(pulumi), "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project.folder, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    path, deadline = f"/groups/{group}/clusters", time.monotonic() + 60
    while not (began := list(emulator.atlas.each(path, atlas_api.CLUSTER_READ))):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for plugin in plugins(project.environment["PULUMI_HOME"]):
        os.kill(plugin, signal.SIGKILL)
    assert began[0]["stateName"] == "CREATING"
    assert engine.wait(60) != 0
    assert "merchant" not in project.resources()
    project.up()
    assert [each["id"] for each in emulator.atlas.each(path, atlas_api.CLUSTER_READ)] == [began[0]["id"]]
    assert project.resources()["merchant"]["outputs"]["clusterId"] == began[0]["id"]
    project.preview("--expect-no-changes")


def plugins(home: str) -> list[int]:
    """Processes of the Atlas plugin that this home's engine started."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and "infra.local.plugins.mongodbatlas" in (folder / "cmdline").read_text():
                found += [int(folder.name)] if f"PULUMI_HOME={home}\0" in (folder / "environ").read_text() else []
    assert found
    return found
