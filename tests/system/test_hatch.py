"""A rollback past the engine, and the engine's way back to what serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.system.support import System

pytestmark = pytest.mark.cluster


def test_a_release_comes_back_without_the_engine_which_follows_later(system: System, tmp_path: Path) -> None:
    for version in ("v1", "v2"):
        system.rez("deploy", version, "--stack", "local", "--no-canary")
    broken = tmp_path / "pulumi"
    broken.write_text("#!/bin/sh\nexit 255\n")
    broken.chmod(0o755)
    done = system.rez("rollback", "--escape-hatch", "--stack", "local", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert "rez rollback v1 --stack local" in done.stderr
    assert system.status()["release"]["version"] == "v1"
    system.rez("rollback", "v1", "--stack", "local")
    system.rez("pulumi", "preview", "--stack", "local", "--non-interactive", "--expect-no-changes")
    system.rez("history", "verify", "--stack", "local")
