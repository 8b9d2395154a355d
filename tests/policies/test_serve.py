"""The pack's process: it says its port first, and does not outlive whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import policies

STARTER = """\
import os, subprocess, sys
pack = subprocess.Popen([sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", sys.argv[1]],
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
port = int(pack.stdout.readline())
print(pack.pid, port, flush=True)
os.kill(os.getpid(), 9)
"""


def test_pack_says_its_port_and_ends_with_its_parent() -> None:
    folder = str(Path(policies.__file__).parent)
    started = subprocess.run(
        [sys.executable, "-c", STARTER, folder], check=False, capture_output=True, text=True, timeout=30
    )
    pid, port = map(int, started.stdout.split())
    assert port > 0
    until = time.monotonic() + 15
    while time.monotonic() < until and _runs(pid):
        time.sleep(0.1)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
