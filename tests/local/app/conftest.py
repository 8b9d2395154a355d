"""The sample app as a process of its own, on a port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local.images import dependencies, runtime
from infra.local.images.build import APP, app_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_TIMEOUT_S = 20.0


@dataclass
class Server:
    """A running sample app.

    Attributes:
        process: Node.js.
        url: Where it listens.
    """

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str) -> httpx.Response:
        """Ask on a connection of its own, as a short-lived client does."""
        return httpx.get(self.url + path, headers={"Connection": "close"}, timeout=10, trust_env=False)

    def end(self) -> tuple[int, str, float]:
        """Send SIGTERM and wait: exit code, everything it printed, seconds."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=30)
        return self.process.returncode, output, time.monotonic() - started

    def wait_until_it_listens(self) -> None:
        """Return as soon as liveness answers; fail if it never does."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                self.get("/health/live")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        pytest.fail(f"the sample app did not listen within {START_TIMEOUT_S} s")


@pytest.fixture(scope="session")
def node() -> runtime.Node:
    return runtime.find_node()


@pytest.fixture(scope="session")
def app_folder(node: runtime.Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources beside their dependencies, as in the image."""
    folder = tmp_path_factory.mktemp("app")
    for file in app_sources():
        shutil.copy(file, folder)
    shutil.copytree(APP / "test", folder / "test")
    (folder / "node_modules").symlink_to(dependencies.install(APP, node, print))
    return folder


def _environment(port: int, settings: dict[str, str]) -> dict[str, str]:
    inherited = {"PATH": os.environ["PATH"], "SECRETS_DIR": "/nowhere", "VERSION": "v1"}
    return {**inherited, "PORT": str(port), "DRAIN_SECONDS": "3", **settings}


@pytest.fixture
def start(app_folder: Path, node: runtime.Node) -> Iterator[Callable[..., Server]]:
    """Start the app with environment variables; it is ended with the test."""
    servers: list[Server] = []

    def launch(**settings: str) -> Server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        process = subprocess.Popen(
            [node.binary, "server.js"],
            cwd=app_folder,
            env=_environment(port, settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        servers.append(Server(process, f"http://127.0.0.1:{port}"))
        return servers[-1]

    yield launch
    for server in servers:
        server.process.kill()
        server.process.communicate()
