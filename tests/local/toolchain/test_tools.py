"""The table of tools and their locks."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from infra.local.toolchain import tools
from infra.local.toolchain.tools import TOOLS, lock_hash, neediest_module, parse_version, required_go

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_has_a_locked_module(name: str) -> None:
    tool = TOOLS[name]
    assert (tool.module / "go.mod").exists()
    assert (tool.module / "go.sum").exists() or not tool.requirement


@pytest.mark.parametrize("name", [name for name, tool in TOOLS.items() if tool.probes])
def test_the_version_that_is_built_is_one_that_fits(name: str) -> None:
    assert TOOLS[name].fits(TOOLS[name].version)


def test_a_requirement_that_go_mod_lacks_is_named() -> None:
    tool = tools.Tool(name="etcd", purpose="", requirement="example.com/absent")
    with pytest.raises(LookupError, match=r"go\.mod does not require example\.com/absent"):
        _ = tool.version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0", (1, 32, 4)),
        ("etcd Version: 3.6.16\nGo Version: go1.26.8", (3, 6, 16)),
        ("kwok version v0.8.0 go1.26.8 (linux/amd64)", (0, 8, 0)),
        ("go1.27", (1, 27)),
        ("v0.0.0-master+$Format:%H$", (0, 0, 0)),
        ("no version at all", ()),
        ("", ()),
    ],
)
def test_the_first_version_number_counts(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "fits"),
    [("3.199.9", False), ("3.200.0", True), ("3.999.0", True), ("4.0.0", False), ("", False), ("dev", False)],
)
def test_bounds_of_the_engine(version: str, fits: bool) -> None:  # noqa: FBT001 - one of two answers
    assert TOOLS["pulumi"].fits(version) is fits


def test_a_tool_that_path_is_not_searched_for_fits_no_version() -> None:
    assert not TOOLS["pause"].fits("3.10")
    assert not TOOLS["pause"].range


def test_the_neediest_module_decides_which_go_is_needed() -> None:
    needed = required_go(neediest_module())
    assert all(required_go(tool.module) <= needed for tool in TOOLS.values())


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(tools.MODULES, tmp_path / "go")
    monkeypatch.setattr(tools, "MODULES", tmp_path / "go")
    return tmp_path / "go"


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "main.go"])
def test_the_lock_hash_follows_every_source_file(copied: Path, file: str) -> None:
    before = lock_hash(TOOLS["coredns"])
    with (copied / "coredns" / file).open("a") as end:
        end.write("\n")
    assert lock_hash(TOOLS["coredns"]) != before


def test_the_lock_hash_follows_a_new_file_and_nothing_else(copied: Path) -> None:
    before = lock_hash(TOOLS["coredns"])
    (copied / "coredns/README.md").write_text("words")
    (copied / "etcd/more.go").write_text("package tools")
    assert lock_hash(TOOLS["coredns"]) == before
    (copied / "coredns/more.go").write_text("package main")
    assert lock_hash(TOOLS["coredns"]) != before


def test_the_lock_hash_is_twelve_hex_digits() -> None:
    hashes = {lock_hash(tool) for tool in TOOLS.values()}
    assert all(len(one) == 12 and int(one, 16) >= 0 for one in hashes)
    assert len(hashes) == len(TOOLS)


def test_the_version_stamp_is_part_of_the_flags() -> None:
    assert f"version.Version=v{TOOLS['pulumi'].version}" in TOOLS["pulumi"].flags[-1]
