"""Environments of Python for copies of a revision: the packages installed here, or those that it locks itself."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALLER: Final = ("PIP_CERT", "SSL_CERT_DIR", "SSL_CERT_FILE", "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
"""Variables of the caller that an installation sees."""
_NAME: Final = ".venv"


def interpreter(folder: Path) -> Path:
    """The interpreter of a tree's environment."""
    return folder / _NAME / "bin" / "python"


def packages(folder: Path) -> Path:
    """Where a tree's environment keeps its packages."""
    own = str(folder / _NAME)
    return Path(sysconfig.get_path("purelib", vars={"base": own, "platbase": own}))


def locks_the_same(folder: Path, other: Path) -> bool:
    """Whether two trees lock the same packages."""
    return _lock(folder) == _lock(other)


def borrow(folder: Path) -> Path:
    """Make an environment out of the running one's packages, in which `infra` and `policies` are the tree's own.

    Two lines of a .pth file do it: the tree comes first, and .pth files in the second folder, ours to this checkout
    among them, are not read.

    Returns:
        Where the packages are.
    """
    site = Path(str(distribution("pulumi").locate_file("")))  # ours may be a borrowed one itself
    venv.EnvBuilder(symlinks=True).create(folder / _NAME)
    (packages(folder) / "tree.pth").write_text(f"{folder}\n{site}\n", encoding="utf-8")
    return site


def sync() -> list[str]:
    """The command that installs what a tree locks, run in the tree."""
    uv = shutil.which("uv")
    start = [uv] if uv else [f"{sys.base_prefix}/bin/python3", "-m", "uv"]
    return [*start, "sync", "--frozen", "--no-default-groups", "--quiet"]


def installer(caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of an installation; no address with a password in it: a package's build runs a stranger's code."""
    found = {name: caller[name] for name in INSTALLER if name in caller and "@" not in caller[name]}
    return {"UV_CACHE_DIR": str(Path.home() / ".cache" / "uv"), "UV_PYTHON": sys.executable} | found


def _lock(folder: Path) -> bytes:
    try:
        return (folder / "uv.lock").read_bytes()
    except OSError:
        return b""
