"""The system packages that real local nodes need, installed the way Debian does."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import PreconditionError, RezError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "containernetworking-plugins": "/usr/lib/cni/bridge",
    "iptables": "iptables",
    "socat": "socat",
    "conntrack": "conntrack",
    "iproute2": "ip",
    "redis-tools": "redis-check-rdb",
}
"""Package -> the command or file by which it is known to be there, whoever installed it."""

POLICY = Path("/usr/sbin/policy-rc.d")
"""dpkg asks this script whether it may start a service; 101 means no."""

_OURS = "#!/bin/sh\n# Written by rez while it installs packages.\nexit 101\n"
_LAST_LINES = 5


def missing() -> list[str]:
    """The packages whose command or file is not on this machine."""
    return [package for package, witness in PACKAGES.items() if not is_there(witness)]


def is_there(witness: str) -> bool:
    """Whether a command, or a file by absolute path, exists; /usr/sbin counts also where PATH leaves it out."""
    return shutil.which(witness, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") is not None


def versions() -> dict[str, str]:
    """Version of each package that dpkg knows; empty elsewhere than on Debian."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package} ${Version}\n", *PACKAGES]
    try:
        printed = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return {}
    return dict(line.split()[1:] for line in printed.splitlines() if line.startswith("installed "))


def install(say: Callable[[str], None]) -> None:
    """Install what is missing; services stay stopped, and none is set to start at boot.

    Args:
        say: Takes one line of progress.

    Raises:
        PreconditionError: Not on Debian, or not as root; nothing was changed.
        RezError: apt-get failed.
    """
    wanted = missing()
    if not wanted:
        return
    names = " ".join(wanted)
    if not is_there("apt-get"):
        raise PreconditionError(
            f"real nodes need {names}, and this machine has no apt-get: install them, or use a cluster you have: "
            "rez local up --context NAME"
        )
    if os.geteuid() != 0:
        raise PreconditionError(f"real nodes need {names}: run this as root, or install them: apt-get install {names}")
    say(f"installing {names}: usually 30 s")
    with _services_stay_down():
        _apt(["update"], say)
        _apt(["install", "--yes", "--no-install-recommends", *wanted], say)
    if "containerd" in wanted and is_there("systemctl"):
        subprocess.run(["systemctl", "disable", "--quiet", "containerd"], capture_output=True, check=False)


@contextmanager
def _services_stay_down() -> Iterator[None]:
    """A machine's own policy is respected; ours is removed again, also one that a killed run left."""
    if POLICY.exists() and POLICY.read_text(encoding="utf-8") != _OURS:
        yield
        return
    POLICY.write_text(_OURS, encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _apt(arguments: Sequence[str], say: Callable[[str], None]) -> None:
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=120", *arguments],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C must not reach dpkg: half-configured packages break the machine's next apt
        )
        try:
            code = process.wait()
        except KeyboardInterrupt:
            say("finishing the installation of packages first")
            process.wait()
            raise
        if code:
            output.seek(0)
            reason = "\n".join(output.read().decode(errors="replace").splitlines()[-_LAST_LINES:])
            raise RezError(f"apt-get {arguments[0]} ended with {code}:\n{reason}")
