"""Puts the offline plugins where the engine looks, unless official ones are there."""

from __future__ import annotations

import os
from importlib.metadata import distributions, version
from pathlib import Path

LANGUAGE = "pulumi-language-python"
LANGUAGE_FOLDER = f"language-python-v{version('rez-infra')}"
"""Below the plugins of a home: the last place where the engine looks, and the one where it does not warn of ours."""

RESOURCES = {"kubernetes": "pulumi-kubernetes", "mongodbatlas": "pulumi-mongodbatlas"}
"""Each provider that has an offline plugin, and the SDK whose version the engine will ask for."""


def install(pulumi: Path, home: Path, python: Path) -> None:
    """Install what is missing; quick when nothing is.

    Args:
        pulumi: The engine's executable: a language host in the same folder is its own.
        home: PULUMI_HOME. Nothing is written anywhere else: the engine may be somebody else's.
        python: The interpreter of this project.
    """
    if not (pulumi.resolve().parent / LANGUAGE).exists():
        _launcher(home / "plugins" / LANGUAGE_FOLDER / LANGUAGE, python, "language")
    for name, sdk in RESOURCES.items():
        folder = home / "plugins" / f"resource-{name}-v{version(sdk)}"
        executable = f"pulumi-resource-{name}"
        official = _personal_home() / "plugins" / folder.name
        if not folder.exists() and _is_official(official / executable):
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.symlink_to(official.resolve(), target_is_directory=True)
        _launcher(folder / executable, python, name)


def install_recorders(pulumi: Path, home: Path, python: Path, site: Path) -> None:
    """Install plugins that record and never create, for a throw-away state.

    Args:
        pulumi: The engine's executable.
        home: A PULUMI_HOME that is thrown away, too.
        python: The interpreter of this project.
        site: The program's installed packages: their versions are those that the engine will ask for.
    """
    if not (pulumi.resolve().parent / LANGUAGE).exists():
        _launcher(home / "plugins" / LANGUAGE_FOLDER / LANGUAGE, python, "language")
    for name, sdk in RESOURCES.items():
        for found in distributions(name=sdk, path=[str(site)]):
            folder = home / "plugins" / f"resource-{name}-v{found.version}"
            _launcher(folder / f"pulumi-resource-{name}", python, f"{name}.recorder")


def _personal_home() -> Path:
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def _is_official(executable: Path) -> bool:
    """Official plugins are compiled; ours are scripts."""
    if not executable.exists():
        return False
    with executable.open("rb") as file:
        return file.read(2) != b"#!"


def _launcher(path: Path, python: Path, module: str) -> None:
    """Write the script that starts a plugin; `-P` keeps the engine's folder from shadowing modules."""
    script = f'#!/bin/sh\nexec "${{REZ_PYTHON:-{python}}}" -P -m infra.local.plugins.{module} "$@"\n'
    if _is_official(path) or (path.exists() and path.read_text() == script):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(script)
    fresh.chmod(0o755)
    fresh.replace(path)
