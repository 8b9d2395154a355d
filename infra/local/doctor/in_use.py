"""Which releases of which products this machine and the production stack use."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import SettingsError
from infra.local import paths
from infra.local.toolchain.tools import TOOLS

if TYPE_CHECKING:
    from collections.abc import Mapping

Use = tuple[str, str, str]
"""Product, version, where it is used."""

MONGODB = "7.0"
"""The runbook names no release; this is the one that the API is tested with."""

REDIS = {7: "7.0", 8: "8.0"}
"""Settings name the major release; this is the oldest that they allow."""


def in_use(found: Mapping[str, str]) -> list[Use]:
    """Everything whose end of life matters.

    Args:
        found: Versions by name of the tools and packages on this machine.
    """
    return [
        ("Kubernetes Dashboard", "", "the runbook's dashboard"),
        *_runtimes(),
        ("MongoDB", MONGODB, "Atlas"),
        ("Kubernetes", found.get("kubernetes") or TOOLS["kubernetes"].version, "local cluster"),
        ("etcd", found.get("etcd") or TOOLS["etcd"].version, "local cluster"),
        ("containerd", found.get("containerd", ""), "local cluster"),
        ("Python", platform.python_version(), "rez"),
        *_system(),
    ]


def _system() -> list[Use]:
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    return [("Debian", release.get("VERSION_ID", ""), "this machine")] if release.get("ID") == "debian" else []


def _runtimes() -> list[Use]:
    from infra.settings import load

    try:
        technology = load("production", paths.ROOT).technology
    except (SettingsError, OSError):  # a preview is the place that says what is wrong with the settings
        return []
    return [
        ("Node.js", str(technology.node_major), "the API's runtime"),
        ("Redis", REDIS.get(technology.redis_major, ""), "cache and sessions"),
    ]
