from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from infra import engine
from infra.cli import app as tree
from infra.engine.folder_files import FolderFiles
from infra.engine.state_files import checkpoint_of
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from pathlib import Path

NAME = checkpoint_of("local")
WHOLE = json.dumps({
    "checkpoint": {"stack": "organization/rez-infra/local", "latest": {"resources": [{"urn": "a"}, {"urn": "b"}]}}
}).encode()  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderFiles:
    found = FolderFiles(tmp_path / "state")

    class FakeEngine:
        def __init__(self, stack: str) -> None:
            self.stack, self.files = stack, found

        def exists(self) -> bool:
            return True

        def adopt(self) -> None:
            pass

    monkeypatch.setattr(engine, "Engine", FakeEngine)
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    for content in (WHOLE, b"cut {"):
        found.write(NAME, content)
    return found


def rez(*args: str) -> Any:
    return CliRunner().invoke(tree.app, ["state", *args, "--stack", "local"])


def test_versions_are_one_line_each_newest_first() -> None:
    now, before = rez("versions").stdout.splitlines()
    assert "local.json " in now
    assert "DAMAGED: no JSON" in now
    assert now.endswith(", now")
    assert before.endswith("2 resources")


def test_versions_as_json() -> None:
    now, before = json.loads(rez("versions", "--json").stdout)["versions"]
    assert (now["current"], now["resources"], bool(now["damage"])) == (True, 0, True)
    assert (before["current"], before["resources"], before["damage"]) == (False, 2, "")
    assert before["bytes"] == len(WHOLE)


def test_a_dry_run_shows_what_would_come_back(files: FolderFiles) -> None:
    done = rez("restore", "--dry-run")
    assert "2 resources" in done.stdout
    assert files.read(NAME) == b"cut {"


def test_one_command_brings_it_back_and_names_the_next(files: FolderFiles) -> None:
    done = rez("restore")
    assert done.exit_code == 0
    assert files.read(NAME) == WHOLE
    assert "rez pulumi refresh --stack local --preview-only" in done.stderr


def test_a_state_that_is_whole_is_left(files: FolderFiles) -> None:
    rez("restore")
    again = rez("restore")
    assert isinstance(again.exception, PreconditionError)
    assert files.read(NAME) == WHOLE
