"""The processes that the language host started, so that none of them outlives it."""

from __future__ import annotations

import subprocess
import threading
from typing import Any


class Children:
    """Started processes, ended together; safe to share between threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a process without input."""
        with self._lock:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
            self._running.add(child)
            return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for a process to end and return its exit code."""
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        return code

    def end(self) -> None:
        """Kill whatever still runs: without the engine its work goes nowhere."""
        with self._lock:
            for child in self._running:
                child.kill()
