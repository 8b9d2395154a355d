"""checkov, a peer of the policy check, in a virtual environment of its own in the cache."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import RezError
from infra.local import paths
from infra.local.toolchain.store import publish

if TYPE_CHECKING:
    from collections.abc import Callable

_LOCK = Path(__file__).with_suffix(".txt")


def command(say: Callable[[str], None]) -> list[str]:
    """Give the start of its command line, installing it if it is absent.

    Args:
        say: Takes one line of progress.

    Raises:
        RezError: It could not be installed from PyPI.
    """
    lock = hashlib.sha256(_LOCK.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = paths.toolchain() / f"checkov-{lock}"
    with publish(folder, "bin/python", say) as fresh:
        if fresh:
            say("installing checkov from PyPI: usually 50 s")
            _install(fresh)
    return [str(folder / "bin/python"), "-m", "checkov.main"]


def _install(target: Path) -> None:
    pip = [str(target / "bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"]
    for step in ([sys.executable, "-m", "venv", str(target)], [*pip, str(_LOCK)]):
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise RezError(f"checkov could not be installed:\n{reason}")
