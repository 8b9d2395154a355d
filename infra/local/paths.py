"""Where the local system keeps its files: all of them below one cache directory outside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

from infra.errors import PreconditionError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: where Pulumi.yaml is."""


def cache() -> Path:
    """The cache: `$REZ_CACHE`, else `$XDG_CACHE_HOME/rez-infra`, else `~/.cache/rez-infra`."""
    if named := os.environ.get("REZ_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rez-infra"


def make(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        PreconditionError: It cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PreconditionError(f"{folder}: {error.strerror}; name a folder that can be written by REZ_CACHE") from None


def toolchain() -> Path:
    """Built tools, one folder for each tool and lock hash; kept by `rez local down`."""
    return cache() / "toolchain"


def pulumi_home() -> Path:
    """PULUMI_HOME of our own, so that offline plugins never hide installed official ones."""
    return cache() / "pulumi"


def run() -> Path:
    """Everything of the running local system (state, kubeconfig, logs, volumes); `rez local down` deletes it.

    `$REZ_RUN` names another folder, so that a second system (a test's) can run beside the first.
    """
    return Path(os.environ.get("REZ_RUN") or cache() / "run")


def kubeconfig() -> Path:
    """The administrator's kubeconfig of the local cluster; its server is on 127.0.0.1."""
    return run() / "kubeconfig"


def pulumi_state() -> Path:
    """The file backend that holds the state of stack `local`."""
    return run() / "state"


def image_archive() -> Path:
    """The images themselves; absent where no container runs."""
    return run() / "images.tar"


def redis_image() -> Path:
    """The reference by digest of the Redis image that was packed; absent where no real node could run it."""
    return run() / "redis-image"


def images() -> Path:
    """What the local registry stands for: a JSON object from version (`v1`) to image reference by digest."""
    return run() / "images.json"
