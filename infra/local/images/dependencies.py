"""The sample app's npm dependencies: installed once for each lock file, by the wheel's own npm."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import UnavailableError
from infra.local import paths
from infra.local.images.layer import Entry, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import PurePosixPath

    from infra.local.images.runtime import Node

_INPUTS = ("package.json", "package-lock.json", ".npmrc")
_UNREAD_BY_NODE = (".d.ts", ".d.mts", ".d.cts", ".map", ".md", ".markdown")
_TIMEOUT_S = 300
_REPORTED_LINES = 5


def lock_hash(app: Path) -> str:
    """Name a set of dependencies by the files that decide it."""
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update((app / name).read_bytes())
    return digest.hexdigest()[:16]


def install(app: Path, node: Node, say: Callable[[str], None]) -> Path:
    """Install the app's locked dependencies into the cache, unless they are there.

    Args:
        app: The sample app's folder.
        node: The Node.js whose npm installs them.
        say: Called with a line of progress if there is something to do.

    Returns:
        The `node_modules` folder.

    Raises:
        UnavailableError: If npm cannot install what the lock file names.
    """
    home = paths.cache() / "images" / f"dependencies-{lock_hash(app)}"
    if not home.exists():
        say("images: installing the sample app's npm dependencies (about 10 s)")
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix="npm-") as staging:
            folder = Path(staging, "app")
            folder.mkdir()
            for name in _INPUTS:
                shutil.copy(app / name, folder)
            _npm_ci(folder, node)
            # Renamed whole, so that an interrupted installation is never taken for a finished one.
            folder.rename(home)
    return home / "node_modules"


def _npm_ci(folder: Path, node: Node) -> None:
    npm = node.npm / "bin" / "npm-cli.js"
    command = [str(node.binary), str(npm), "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"]
    environment = {**os.environ, "PATH": f"{node.binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S
        )
    except subprocess.CalledProcessError as error:
        reason = "; ".join(error.stderr.strip().splitlines()[-_REPORTED_LINES:])
        message = f"npm ci for the sample app failed ({reason}). Check the npm registry and repeat the command"
        raise UnavailableError(message) from error
    except subprocess.TimeoutExpired as error:
        message = f"npm ci for the sample app gave no answer in {_TIMEOUT_S} s. Repeat the command"
        raise UnavailableError(message) from error


def dependency_entries(node_modules: Path) -> Iterator[Entry]:
    """Yield the dependency layer, without what only people and compilers read."""
    yield from tree(node_modules, "app/node_modules", keep=_is_read_by_node)


def _is_read_by_node(path: PurePosixPath) -> bool:
    return not path.name.endswith(_UNREAD_BY_NODE)
