"""The life of a plugin process: serve gRPC on a loopback port, announce it, end with the engine."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable

WORKERS = 32
ORPHAN_CHECK_S = 0.5
OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024), ("grpc.max_send_message_length", 400 * 1024 * 1024)]


def engine_address(arguments: list[str]) -> str:
    """The engine's address: its first argument that is not a logging flag; "" when it was started by hand."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def serve(register: Callable[[grpc.Server], None], *, on_end: Callable[[], None] = lambda: None) -> None:
    """Serve until the engine ends the process, or is gone.

    Args:
        register: Adds the servicer to the server.
        on_end: Called before the process ends, to take its children along.
    """
    parent = os.getppid()
    server = grpc.server(ThreadPoolExecutor(WORKERS), options=OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    def end(*_: Any) -> None:
        on_end()
        os._exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=_end_with, args=(parent, end), daemon=True).start()
    server.wait_for_termination()


def _end_with(parent: int, end: Callable[[], None]) -> None:
    """A killed engine says nothing, but its orphans get another parent."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_S)
    end()
