"""The local system as a person meets it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
REZ = str(Path(sys.executable).with_name("rez"))


class System:
    """The running local system as a person meets it: the `rez` command and an address."""

    def __init__(self, run: Path) -> None:
        self.run_dir = run
        self.env = os.environ | {"REZ_RUN": str(run), "NO_COLOR": "1"}

    def rez(self, *args: str, check: bool = True, timeout: float = 600, **env: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [REZ, *args], cwd=ROOT, env=self.env | env, text=True, capture_output=True, timeout=timeout, check=False
        )
        if check and done.returncode:
            pytest.fail(f"rez {' '.join(args)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *args: str, output: Path, **env: str) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own; a file takes all its output, so it never blocks."""
        with output.open("wb") as file:
            return subprocess.Popen(
                [REZ, *args],
                cwd=ROOT,
                env=self.env | env,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kubectl_argv(self) -> list[str]:
        tools = json.loads((self.run_dir / "machine.json").read_text())["tools"]
        kubectl = Path(tools["kube-apiserver"]).with_name("kubectl")
        return [str(kubectl), f"--kubeconfig={self.run_dir / 'kubeconfig'}"]

    def kubectl(self, *args: str, check: bool = True) -> str:
        command = [*self.kubectl_argv(), *args]
        return subprocess.run(command, text=True, capture_output=True, timeout=60, check=check).stdout

    @property
    def facts(self) -> dict[str, Any]:
        return dict(json.loads(self.rez("local", "status", "--json").stdout))

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    def answers(self, *, within_s: float = 60) -> None:
        """Wait until the API answers through its Service."""
        deadline = time.monotonic() + within_s
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health", timeout=5, trust_env=False).status_code == httpx.codes.OK:
                    return
            assert time.monotonic() < deadline, "the API does not answer"
            time.sleep(0.5)

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.rez("status", "--stack", "local", "--json").stdout))


def processes(run: Path) -> set[str]:
    """Command lines that mention the run folder, or run in its environment."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_text().replace("\0", " ")
                if str(run) in command or f"REZ_RUN={run}" in (folder / "environ").read_text():
                    found.add(command)
    return found
