from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.engine import checkpoint
from infra.engine.checkpoint import damage
from infra.engine.folder_files import FolderFiles

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = json.dumps({"version": 3})


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    file = tmp_path / ".pulumi/stacks/rez-infra/local.json"
    file.parent.mkdir(parents=True)
    for name in ("local.json", "local.json.bak"):
        (file.parent / name).write_text(WHOLE)
        (file.parent / f"{name}.attrs").write_text("{}")
    return file


def repair(folder: Path) -> None:
    checkpoint.repair(FolderFiles(folder), "local")


def names(file: Path) -> set[str]:
    return {p.name for p in file.parent.iterdir()}


def test_a_whole_stack_is_left_as_it_is(stack: Path, tmp_path: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in stack.parent.iterdir()}
    repair(tmp_path)
    assert {p.name: p.stat().st_mtime_ns for p in stack.parent.iterdir()} == before


def test_an_empty_description_is_removed(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.attrs").write_text("")
    repair(tmp_path)
    assert "local.json.attrs" not in names(stack)
    assert stack.read_text() == WHOLE


@pytest.mark.parametrize("cut", ["", WHOLE[:5]])
def test_a_cut_checkpoint_is_taken_from_its_copy(stack: Path, tmp_path: Path, cut: str) -> None:
    stack.write_text(cut)
    repair(tmp_path)
    assert stack.read_text() == WHOLE


def test_a_cut_copy_replaces_nothing(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.bak").write_text("")
    repair(tmp_path)
    assert stack.read_text() == WHOLE


def test_unfinished_files_are_swept(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.18ead.tmp").write_text("{")
    repair(tmp_path)
    assert not [n for n in names(stack) if n.endswith(".tmp")]


def state(*resources: dict[str, Any], stack: str = "organization/rez-infra/local") -> bytes:
    return json.dumps({"version": 3, "checkpoint": {"stack": stack, "latest": {"resources": resources}}}).encode()


ROOT = {"urn": "root"}
CHILD = {"urn": "child", "parent": "root"}
USER = {"urn": "user", "parent": "root", "dependencies": ["child"]}


@pytest.mark.parametrize(
    "whole",
    [
        state(ROOT, CHILD, USER),
        state(),
        b'{"version":3,"checkpoint":{"stack":"organization/rez-infra/local"}}',
        b'{"version":3,"checkpoint":{"stack":"organization/rez-infra/local","latest":null}}',
    ],
)
def test_a_state_is_whole_when_all_that_a_resource_needs_comes_before_it(whole: bytes) -> None:
    assert damage(whole, "local") == ""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xff", "no JSON"),
        (state(ROOT)[:-5], "no JSON"),
        (b"<html>", "no JSON"),
        (b"{}", "no state as the engine writes it"),
        (b"[]", "no state as the engine writes it"),
        (b'{"checkpoint": 7}', "no state as the engine writes it"),
        (b'{"checkpoint": {"stack": "x", "latest": {"resources": [7]}}}', "no state as the engine writes it"),
        (state(CHILD), "without root, which child needs"),
        (state(CHILD, ROOT), "without root, which child needs"),
        (state(ROOT, USER), "without child, which user needs"),
        (state(stack="organization/rez-infra/production"), "the state of organization/rez-infra/production, not of"),
    ],
)
def test_damage_is_named(content: bytes, reason: str) -> None:
    assert damage(content, "local").startswith(reason)
