"""Ports on 127.0.0.1 of the host that lead to addresses inside the machine's network."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket

from infra.local.cluster import network

_CHUNK = 64 * 1024


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

    async def open(self, port: int, address: tuple[str, int]) -> asyncio.Server:
        """Listen on 127.0.0.1:port and lead to the address.

        Raises:
            OSError: The port is taken.
        """
        return await asyncio.start_server(lambda r, w: self._serve(r, w, address), "127.0.0.1", port)

    def _socket(self) -> socket.socket:
        if self._there is None:
            return socket.socket()
        with network.inside(self._there, self._home):
            return socket.socket()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: tuple[str, int]
    ) -> None:
        other = self._socket()
        other.setblocking(False)  # noqa: FBT003 - the socket module has it so
        try:
            await self._loop.sock_connect(other, address)
        except OSError:
            other.close()
            writer.transport.abort()  # a reset, as a closed port would answer
            return
        there_reader, there_writer = await asyncio.open_connection(sock=other)
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        for end in (writer, there_writer):
            end.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


def free_port(wanted: int) -> int:
    """The wanted port on 127.0.0.1, or any free one if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise OSError(f"no free port on 127.0.0.1 (wanted {wanted})")
