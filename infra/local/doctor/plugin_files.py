"""Finds the Pulumi plugins on this machine and tells official ones from ours."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.local import paths

RESOURCES = ("kubernetes", "mongodbatlas")
LANGUAGE = "pulumi-language-python"


@dataclass(frozen=True)
class Plugin:
    """A plugin on disk.

    Attributes:
        path: Its executable.
        version: From its folder's name; "" if that has none.
        official: Compiled; ours are scripts.
    """

    path: Path
    version: str
    official: bool


def plugins() -> dict[str, Plugin | None]:
    """Every plugin the program needs, by name; None for what is absent."""
    found: dict[str, Plugin | None] = {LANGUAGE: _language()}
    for name in RESOURCES:
        found[f"pulumi-resource-{name}"] = next((plugin for home in homes() if (plugin := _resource(home, name))), None)
    return found


def homes() -> list[Path]:
    """Where the engine keeps plugins: the person's own first, then ours."""
    return [Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi"), paths.pulumi_home()]


def _resource(home: Path, name: str) -> Plugin | None:
    executables = sorted((home / "plugins").glob(f"resource-{name}-v*/pulumi-resource-{name}"))
    return _plugin(executables[-1], executables[-1].parent.name.rpartition("-v")[2]) if executables else None


def _language() -> Plugin | None:
    if on_path := shutil.which(LANGUAGE):
        return _plugin(Path(on_path), "")
    ours = next((paths.pulumi_home() / "plugins").glob(f"language-python-v*/{LANGUAGE}"), None)
    return _plugin(ours, "") if ours else None


def _plugin(executable: Path, version: str) -> Plugin:
    with executable.open("rb") as file:
        return Plugin(executable, version, official=file.read(2) != b"#!")
