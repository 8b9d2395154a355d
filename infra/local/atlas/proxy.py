"""The front of one cluster's database: who may connect, how many at a time, and who may do what."""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import rights, wire
from infra.local.atlas.login import MECHANISM, Login

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from infra.local.atlas.store import Json

_HELLO: Final = frozenset({"hello", "ismaster", "isMaster"})
_LOGIN: Final = frozenset({"saslStart", "saslContinue"})
_UNAUTHORIZED: Final = {"ok": 0.0, "code": 13, "codeName": "Unauthorized"}


class Proxy:
    """Carries connections to the database; all on one event loop.

    Args:
        database: The database's socket.
        cluster: The cluster's name.
        group: Reads the project as it is now: its users and access list, and the cluster's limit.
        limit: Connections at a time.
    """

    def __init__(self, database: Path, cluster: str, group: Callable[[], Json], limit: Callable[[], int]) -> None:
        self._database = database
        self._cluster = cluster
        self._group = group
        self._limit = limit
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection; one too many is closed at once, as MongoDB does."""
        if self.open >= self._limit() or not self._listed(writer.get_extra_info("peername")[0]):
            writer.close()
            return
        self.open += 1
        there = None
        try:
            back, there = await asyncio.open_unix_connection(self._database)
            await _Connection(self._user, reader, writer, back, there).carry()
        except (OSError, EOFError, ValueError, LookupError):
            pass  # either end is gone, or what came is no message: the other learns it by the connection's end
        finally:
            self.open -= 1
            for end in (writer, there):
                if end:
                    with contextlib.suppress(OSError):
                        end.close()

    def _listed(self, address: str) -> bool:
        return any(ip_address(address) in ip_network(cidr) for cidr in self._group()["accessList"])

    def _user(self, name: str) -> Json | None:
        user: Json | None = self._group()["users"].get(name)
        return user if user and rights.applies(user, self._cluster) else None


class _Connection:
    def __init__(
        self,
        find: Callable[[str], Json | None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: asyncio.StreamReader,
        there: asyncio.StreamWriter,
    ) -> None:
        self._find = find
        self._reader = reader
        self._writer = writer
        self._back = back
        self._there = there
        self._login = Login(find)

    async def carry(self) -> None:
        """Answer one message after the other."""
        while True:
            message = await _read(self._reader)
            command = message.command()
            name = next(iter(command))
            if name in _HELLO:
                self._writer.write(message.reply(await self._hello()))
            elif name in _LOGIN:
                self._writer.write(message.reply(self._login.answer(command)))
            elif refused := self._refused(command):
                if message.answered:
                    self._writer.write(message.reply(refused))
            else:
                await self._pass_on(message)
            await self._writer.drain()

    async def _hello(self) -> dict[str, Any]:
        """What the database says of itself, and how to log in, which it does not know."""
        self._there.write(wire.command({"hello": 1, "$db": "admin"}))
        answer = (await _read(self._back)).command()
        return answer | {"helloOk": True, "saslSupportedMechs": [MECHANISM]}

    def _refused(self, command: dict[str, Any]) -> dict[str, Any] | None:
        name = next(iter(command))
        if name in rights.FREE:
            return None
        user = self._find(self._login.user) if self._login.user else None
        if user is None:
            return _UNAUTHORIZED | {"errmsg": f"Command {name} requires authentication"}
        if rights.allowed(user, command):
            return None
        return _UNAUTHORIZED | {"errmsg": f"not authorized on {command['$db']} to execute command {name}"}

    async def _pass_on(self, message: wire.Message) -> None:
        self._there.write(message.raw)
        await self._there.drain()
        if message.answered:
            self._writer.write(await _raw(self._back))


async def _read(reader: asyncio.StreamReader) -> wire.Message:
    length, number, code = wire.header(await reader.readexactly(wire.HEADER_BYTES))
    return wire.Message(number, code, await reader.readexactly(length))


async def _raw(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(wire.HEADER_BYTES)
    return head + await reader.readexactly(wire.header(head)[0])
