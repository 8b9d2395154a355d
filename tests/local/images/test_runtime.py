"""The runtime layer holds what Node.js and npm need to run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError
from infra.local.images.runtime import Node, find_node, linked, runtime_entries

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

LISTING = """\
	linux-vdso.so.1 (0x00007faceafa5000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007faceac00000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007faceaa1e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007faceafa7000)
"""


def test_libraries_are_read_with_the_loader_and_without_the_kernels_own() -> None:
    assert linked(LISTING) == [
        "/lib/x86_64-linux-gnu/libstdc++.so.6",
        "/lib/x86_64-linux-gnu/libc.so.6",
        "/lib64/ld-linux-x86-64.so.2",
    ]


def test_a_static_program_needs_no_library() -> None:
    assert linked("\tstatically linked\n") == []


def test_the_layer_has_a_shell_npm_and_a_writable_tmp(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    (npm / "bin").mkdir(parents=True)
    (npm / "bin" / "npm-cli.js").write_text("#!/usr/bin/env node")
    (npm / "man").mkdir()
    (npm / "man" / "npm.1").write_text("manual")
    entries = {entry.path: entry for entry in runtime_entries(Node("24.0.0", Path("/bin/true"), npm))}
    assert {"bin/sh", "usr/bin/env", "usr/local/bin/node"} <= set(entries)
    assert any("ld-linux" in path for path in entries)
    assert entries["usr/local/bin/npm"].link == "../lib/node_modules/npm/bin/npm-cli.js"
    assert entries["tmp"].mode == 0o1777
    assert not any("man/" in path for path in entries)


def test_without_the_wheel_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    with pytest.raises(PreconditionError, match="uv sync --group local"):
        find_node()
