"""Records pages of `/metrics` from the real sample app: `python tests/telemetry/record.py`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from infra.local.images import dependencies, runtime
from infra.local.images.build import APP, app_sources

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = {"fresh": ("", 0), "good": ("", 40), "errors": ("errors", 40), "slow": ("slow", 8)}
"""By name: the fault, and how many requests of `/` come before the page, with half as many of its health."""


def record(folder: Path, node: runtime.Node, fault: str, requests: int) -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "SECRETS_DIR": "/nowhere", "VERSION": "v1", "PORT": str(port)}
    app = subprocess.Popen([node.binary, "server.js"], cwd=folder, env=environment | {"FAULT": fault})
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client:
        try:
            while True:
                try:
                    client.get("/health/live")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            for number in range(requests):
                client.get("/")
                if number % 2:
                    client.get("/health")
            return client.get("/metrics").text
        finally:
            app.terminate()
            app.wait()


def main() -> None:
    node = runtime.find_node()
    with tempfile.TemporaryDirectory() as folder:
        for file in app_sources():
            shutil.copy(file, folder)
        Path(folder, "node_modules").symlink_to(dependencies.install(APP, node, print))
        for name, (fault, requests) in PAGES.items():
            (FIXTURES / f"{name}.txt").write_text(record(Path(folder), node, fault, requests))


if __name__ == "__main__":
    main()
