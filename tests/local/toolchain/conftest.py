"""A PATH with nothing on it but little scripts, and an empty cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Script = Callable[..., Path]

GO = """
echo "$@" >> {calls}
case "$1" in
  env) echo go1.26.8 ;;
  list) echo {sources} ;;
  build)
    {meanwhile}
    while [ "$1" != -o ]; do shift; done
    echo built > "$2"; /bin/chmod +x "$2" ;;
esac
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Write an executable shell script onto an otherwise empty PATH."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))

    def write(name: str, body: str) -> Path:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
        return file

    return write


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where the fake go writes its arguments, one call a line."""
    file = tmp_path / "calls"
    file.touch()
    return file


@pytest.fixture
def fake_go(script: Script, calls: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Put a go on PATH that "builds" at once, after the commands given."""
    helper = tmp_path / "sources/python/cmd/pulumi-language-python-exec"
    helper.parent.mkdir(parents=True)
    helper.write_text("#!/usr/bin/env python\n")

    def write(meanwhile: str = ":") -> Path:
        return script("go", GO.format(calls=calls, sources=tmp_path / "sources", meanwhile=meanwhile))

    return write


@pytest.fixture
def said() -> list[str]:
    return []
