"""Ports on 127.0.0.1 of the host that lead to addresses inside the machine's network."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from typing import TYPE_CHECKING

from infra.local.cluster import network

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Address = tuple[str, int]
_CHUNK = 64 * 1024
_TRIES = 50
_AT_ONCE = struct.pack("ii", 1, 0)
"""Closing says so with a reset instead of an orderly end."""


class Forwarder:
    """Accepts connections in the host's network and makes their other half inside the machine's.

    Args:
        loop: The event loop all connections run on; its thread changes its network namespace for single calls.
        machine_pid: Host's process id of the machine's first process; None to stay in the host's network.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, machine_pid: int | None) -> None:
        self._loop = loop
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._there = os.open(f"/proc/{machine_pid}/ns/net", os.O_RDONLY) if machine_pid else None
        self._serving: set[asyncio.Task[None]] = set()

    async def open(self, port: int, address: Callable[[], Address]) -> asyncio.Server:
        """Listen on 127.0.0.1:port and lead each connection to what the address is when it comes.

        Raises:
            OSError: The port is taken.
        """
        return await asyncio.start_server(lambda r, w: self._keep(self._serve(r, w, address())), "127.0.0.1", port)

    def _keep(self, serving: Coroutine[None, None, None]) -> None:
        """Nothing else holds a connection whose client has closed its half: it would be collected as garbage."""
        task = self._loop.create_task(serving)
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    def _socket(self) -> socket.socket:
        if self._there is None:
            return socket.socket()
        with network.inside(self._there, self._home):
            return socket.socket()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address) -> None:
        other = self._socket()
        other.setblocking(False)  # noqa: FBT003 - the socket module has it so
        try:
            await self._loop.sock_connect(other, address)
        except OSError:
            other.close()
            _reset(writer)  # as a closed port would answer
            return
        there_reader, there_writer = await asyncio.open_connection(sock=other)
        try:
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        finally:
            for end in (writer, there_writer):
                end.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:  # one side was reset, so the other is: it would wait for an end that never comes
        _reset(sink)


def _reset(end: asyncio.StreamWriter) -> None:
    if end.is_closing():
        return
    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    end.transport.abort()


def free_port(wanted: int, *, in_a_row: int = 1) -> int:
    """The wanted port on 127.0.0.1 if it is free together with those that follow it, else the first of any such row.

    Raises:
        OSError: There is none.
    """
    for first in (wanted, *[0] * _TRIES):
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError, OverflowError):
            start = _bound(probes, first)
            for port in range(start + 1, start + in_a_row):
                _bound(probes, port)
            return start
    raise OSError(f"no {in_a_row} free ports in a row on 127.0.0.1 (wanted {wanted})")


def _bound(probes: contextlib.ExitStack, port: int) -> int:
    probe = probes.enter_context(socket.socket())
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", port))
    number: int = probe.getsockname()[1]
    return number
