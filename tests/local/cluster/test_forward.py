"""Real sockets on the loopback, without any namespace."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from infra.local.cluster import forward
from infra.local.cluster.forward import Forwarder, free_port

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Talk = Callable[[Reader, Writer], Awaitable[None]]


async def echo(reader: Reader, writer: Writer) -> None:
    """Sends everything back, and its end after that of the other."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class Scene:
    """A forwarder in a thread of its own, and the server that it leads to."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.forwarder = Forwarder(self.loop, None)
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self._servers: list[asyncio.Server] = []

    def _run(self, opening: Awaitable[asyncio.Server]) -> asyncio.Server:
        async def opened() -> asyncio.Server:
            return await opening

        server = asyncio.run_coroutine_threadsafe(opened(), self.loop).result(5)
        self._servers.append(server)
        return server

    def serve(self, talk: Talk = echo) -> int:
        server = self._run(asyncio.start_server(talk, "127.0.0.1", 0))
        return int(server.sockets[0].getsockname()[1])

    def lead(self, to: Callable[[], int]) -> int:
        server = self._run(self.forwarder.open(0, lambda: ("127.0.0.1", to())))
        return int(server.sockets[0].getsockname()[1])

    def close(self) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 5)
            await asyncio.sleep(0.01)  # closed transports let go of their sockets

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.close()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def first_byte(port: int) -> bytes:
    with connect(port) as connection:
        return connection.recv(1)


def received(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_data_goes_both_ways_and_ends_where_the_sender_ends_it(scene: Scene) -> None:
    upstream = scene.serve()
    with connect(scene.lead(lambda: upstream)) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5) == b"hello"
        connection.shutdown(socket.SHUT_WR)  # a half close: the answer still comes
        assert received(connection) == b""


def test_a_large_answer_after_a_half_close_arrives_whole(scene: Scene) -> None:
    payload = bytes(range(256)) * 8192  # 2 MiB: more than any buffer on the way

    async def answer_late(reader: Reader, writer: Writer) -> None:
        assert await reader.read() == b"please"
        writer.write(payload)
        await writer.drain()
        writer.close()

    upstream = scene.serve(answer_late)
    with connect(scene.lead(lambda: upstream)) as connection:
        connection.sendall(b"please")
        connection.shutdown(socket.SHUT_WR)
        assert received(connection) == payload


def test_a_connection_that_is_half_closed_outlives_a_collection_of_garbage(scene: Scene) -> None:
    asked, collected = threading.Event(), threading.Event()

    async def answer_late(reader: Reader, writer: Writer) -> None:
        assert await reader.read() == b"please"
        asked.set()
        await asyncio.to_thread(collected.wait, 5)
        writer.write(b"thanks")
        writer.close()

    upstream = scene.serve(answer_late)
    with connect(scene.lead(lambda: upstream)) as connection:
        connection.sendall(b"please")
        connection.shutdown(socket.SHUT_WR)
        assert asked.wait(5)
        time.sleep(0.1)  # the forwarder has come to wait for the answer
        gc.collect()
        collected.set()
        assert received(connection) == b"thanks"


def test_the_end_of_the_server_reaches_the_client(scene: Scene) -> None:
    async def greet(_: Reader, writer: Writer) -> None:
        writer.write(b"bye")
        writer.close()

    upstream = scene.serve(greet)
    with connect(scene.lead(lambda: upstream)) as connection:
        assert received(connection) == b"bye"


def test_a_closed_port_is_answered_with_a_reset(scene: Scene) -> None:
    closed = free_port(0)
    port = scene.lead(lambda: closed)
    with pytest.raises(ConnectionResetError):
        first_byte(port)


def test_a_client_that_vanishes_is_noticed_by_the_server(scene: Scene) -> None:
    ended = threading.Event()

    async def wait_for_ever(reader: Reader, writer: Writer) -> None:
        writer.write(b"!")
        with contextlib.suppress(OSError):
            await reader.read()
        ended.set()
        writer.close()

    upstream = scene.serve(wait_for_ever)
    connection = connect(scene.lead(lambda: upstream))
    assert connection.recv(1) == b"!"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()  # a reset
    assert ended.wait(5)


def test_many_connections_at_once_do_not_mix(scene: Scene) -> None:
    upstream = scene.serve()
    port = scene.lead(lambda: upstream)
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(port)) for _ in range(200)]
        for number, connection in enumerate(connections):
            connection.sendall(f"{number:04}".encode())
        assert [int(c.recv(4)) for c in connections] == list(range(200))


def test_each_connection_goes_to_where_the_address_is_by_then(scene: Scene) -> None:
    async def second(_: Reader, writer: Writer) -> None:
        writer.write(b"second")
        writer.close()

    targets = [scene.serve(), scene.serve(second)]
    port = scene.lead(lambda: targets[-1])
    with connect(port) as connection:
        assert received(connection) == b"second"
    targets.pop()
    with connect(port) as connection:
        connection.sendall(b"first")
        assert connection.recv(5) == b"first"


def test_a_port_in_use_cannot_be_opened(scene: Scene) -> None:
    taken = scene.serve()
    with pytest.raises(OSError, match=r"address already in use|only one usage"):
        scene._run(scene.forwarder.open(taken, lambda: ("127.0.0.1", 1)))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_the_wanted_port_is_taken_if_it_is_free() -> None:
    port = free_port(0)
    assert free_port(port) == port


def test_a_taken_port_is_replaced_by_a_free_one(taken: int) -> None:
    other = free_port(taken)
    assert other != taken
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", other))


def test_a_row_of_ports_has_no_taken_one_in_it(taken: int) -> None:
    first = free_port(taken - 2, in_a_row=5)
    assert taken not in range(first, first + 5)


def test_a_row_never_runs_past_the_last_port() -> None:
    assert free_port(65534, in_a_row=5) + 4 <= 65535


def test_no_free_row_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "_TRIES", 0)
    with pytest.raises(OSError, match="no 3 free ports in a row"):
        free_port(65534, in_a_row=3)
