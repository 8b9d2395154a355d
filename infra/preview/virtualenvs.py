"""Environments of Python for copies of a revision: the packages installed here, or those that it locks itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALLER: Final = ("PIP_CERT", "SSL_CERT_DIR", "SSL_CERT_FILE", "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
"""Variables of the caller that an installation sees."""
_NAME: Final = ".venv"
_PYTHONS: Final = (sys.executable, f"{sys.base_prefix}/bin/python3", "python3")


def interpreter(folder: Path) -> Path:
    """The interpreter of a tree's environment."""
    return folder / _NAME / "bin" / "python"


def packages(folder: Path) -> Path:
    """Where a tree's environment keeps its packages."""
    own = str(folder / _NAME)
    return Path(sysconfig.get_path("purelib", vars={"base": own, "platbase": own}))


def lock_of(folder: Path) -> bytes:
    """What says which packages a tree needs; nothing where it locks none."""
    try:
        return (folder / "uv.lock").read_bytes()
    except OSError:
        return b""


def running() -> Path:
    """Where the packages of this process are; its environment may be a borrowed one itself."""
    return Path(str(distribution("pulumi").locate_file("")))


def borrow(folder: Path, site: Path) -> None:
    """Make an environment out of another's packages, in which `infra` and `policies` are the tree's own.

    Two lines of a .pth file do it: the tree comes first, and .pth files in the second folder, which lead to another
    tree, are not read.

    Args:
        folder: The tree.
        site: Where the packages are.
    """
    venv.EnvBuilder(symlinks=True).create(folder / _NAME)
    (packages(folder) / "tree.pth").write_text(f"{folder}\n{site}\n", encoding="utf-8")


def sync() -> list[str]:
    """The command that installs what a tree locks, run in the tree.

    Raises:
        PreconditionError: There is no uv.
    """
    found = shutil.which("uv") or next(filter(None, map(_uv_of, _PYTHONS)), None)
    if found is None:
        raise PreconditionError(
            "a revision locks other packages than the checkout, and there is no uv: `pip install uv`"
        )
    return [found, "sync", "--frozen", "--no-default-groups", "--quiet"]


def _uv_of(python: str) -> str:
    """The uv that an interpreter has as a package, which may lie in a home that a run does not see."""
    code = "import uv; print(uv.find_uv_bin())"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def installer(caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of an installation; no address with a password in it: a package's build runs a stranger's code."""
    found = {name: caller[name] for name in INSTALLER if name in caller and "@" not in caller[name]}
    return {"UV_CACHE_DIR": str(Path.home() / ".cache" / "uv"), "UV_PYTHON": sys.executable} | found
