"""Finds a tool: on PATH when its version fits, else in the cache; reads only."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from infra.local import paths
from infra.local.toolchain.tools import TOOLS, Tool, lock_hash, parse_version

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBE_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Found:
    """A tool that is there.

    Attributes:
        name: The tool.
        path: Its executable; the folder holds all commands of a tool that has several.
        version: As it says itself, without the ``v``; "" if the source is our own.
        source: On PATH, or built earlier.
    """

    name: str
    path: Path
    version: str
    source: Literal["path", "cache"]


def locate(name: str) -> Found | None:
    """Find a tool without building it.

    Args:
        name: A key of ``TOOLS``.

    Returns:
        The tool on PATH if its version fits, else the one built earlier from the same lock, else None.
    """
    tool = TOOLS[name]
    installed = on_path(tool)
    if installed and tool.fits(installed.version):
        return installed
    return cached(tool)


def on_path(tool: Tool) -> Found | None:
    """The tool on PATH, whatever its version; None if it is absent or does not tell a version."""
    first = shutil.which(tool.commands[0]) if tool.commands else None
    if first is None:
        return None
    folder = Path(first).parent
    if not all(os.access(folder / command, os.X_OK) for command in tool.commands):
        return None
    versions = {probe([str(folder / command), *arguments]) for command, *arguments in tool.probes}
    if len(versions) > 1 or "" in versions:
        return None
    return Found(tool.name, Path(first), versions.pop(), "path")


def cached(tool: Tool) -> Found | None:
    """The tool as built from exactly this lock."""
    path = cache_folder(tool) / "bin" / tool.name
    return Found(tool.name, path, tool.version, "cache") if os.access(path, os.X_OK) else None


def cache_folder(tool: Tool) -> Path:
    """Where the build of this tool and lock is kept."""
    maker = TOOLS[tool.built_by] if tool.built_by else tool
    return paths.toolchain() / f"{maker.name}-{lock_hash(maker)}"


def probe(command: Sequence[str]) -> str:
    """Ask a tool for its version: digits and dots, or "" if it fails, hangs or tells none."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PROBE_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ".".join(map(str, parse_version(done.stdout)))
