from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.engine.checkpoint import repair

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


def names(file: Path) -> set[str]:
    return {p.name for p in file.parent.iterdir()}


def test_a_whole_stack_is_left_as_it_is(stack: Path, tmp_path: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in stack.parent.iterdir()}
    repair(f"file://{tmp_path}", "local")
    assert {p.name: p.stat().st_mtime_ns for p in stack.parent.iterdir()} == before


def test_an_empty_description_is_removed(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.attrs").write_text("")
    repair(f"file://{tmp_path}", "local")
    assert "local.json.attrs" not in names(stack)
    assert stack.read_text() == WHOLE


@pytest.mark.parametrize("cut", ["", WHOLE[:5]])
def test_a_cut_checkpoint_is_taken_from_its_copy(stack: Path, tmp_path: Path, cut: str) -> None:
    stack.write_text(cut)
    repair(f"file://{tmp_path}", "local")
    assert stack.read_text() == WHOLE


def test_a_cut_copy_replaces_nothing(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.bak").write_text("")
    repair(f"file://{tmp_path}", "local")
    assert stack.read_text() == WHOLE


def test_unfinished_files_are_swept(stack: Path, tmp_path: Path) -> None:
    (stack.parent / "local.json.18ead.tmp").write_text("{")
    repair(f"file://{tmp_path}", "local")
    assert not [n for n in names(stack) if n.endswith(".tmp")]


def test_other_backends_are_not_touched(stack: Path) -> None:
    stack.write_text("")
    repair("s3://bucket", "local")
    assert stack.read_text() == ""
