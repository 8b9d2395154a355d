"""The database behind each cluster: a FerretDB on a folder of SQLite files, with the proxy before it.

What should run is read from the store again and again, and made so: after a kill as after a change.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.local import process
from infra.local.atlas.limits import connection_limit
from infra.local.atlas.proxy import Proxy
from infra.local.cluster import network

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.atlas.store import Json, Store

_LOOK_AGAIN_S: Final = 0.1


@dataclass(frozen=True)
class _Running:
    database: asyncio.subprocess.Process
    data: str
    proxy: Proxy
    server: asyncio.Server


class Databases:
    """All that run.

    Args:
        store: What should run.
        folder: Data, by cluster; snapshots.
        binary: FerretDB.
        host: The address to listen on.
    """

    def __init__(self, store: Store, folder: Path, binary: Path, host: str) -> None:
        self._store = store
        self._folder = folder
        self._binary = binary
        self.host = host
        self._running: dict[str, _Running] = {}

    async def run(self) -> None:
        """Make what runs as it should be, for ever."""
        while True:
            self._bury()
            wanted = {
                record["answer"]["id"]: (group, record)
                for group in self._store.read()["groups"].values()
                for record in group["clusters"].values()
            }
            for name, there in list(self._running.items()):
                ended = there.database.returncode is not None
                if ended or name not in wanted or wanted[name][1]["data"] != there.data:
                    await self._stop(self._running.pop(name))
            for name, (group, record) in wanted.items():
                if name not in self._running:
                    await self._start(name, group["id"], record)
            await asyncio.sleep(_LOOK_AGAIN_S)

    def serves(self, record: Json) -> bool:
        """Whether a cluster's database takes connections, with the data it should have."""
        there = self._running.get(record["answer"]["id"])
        return there is not None and there.data == record["data"]

    def connections(self, record: Json) -> int:
        """Connections of a cluster at this moment."""
        there = self._running.get(record["answer"]["id"])
        return there.proxy.open if there else 0

    def cpu_percent(self, record: Json) -> float:
        """CPU that a cluster's database has used since its start, percent of one core."""
        there = self._running.get(record["answer"]["id"])
        return process.cpu_percent(there.database.pid) if there else 0.0

    def copy(self, data: str, target: str) -> None:
        """Copy a database while it is written to: each file as it was at one moment."""
        fresh = self._folder / f"{target}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        for file in (self._folder / data).glob("*.sqlite"):
            with (
                contextlib.closing(sqlite3.connect(file)) as source,
                contextlib.closing(sqlite3.connect(fresh / file.name)) as copy,
            ):
                source.backup(copy)
        fresh.rename(self._folder / target)

    def drop(self, data: str) -> None:
        """Forget a copy."""
        shutil.rmtree(self._folder / data, ignore_errors=True)

    async def _start(self, name: str, group: str, record: Json) -> None:
        data, socket = self._folder / record["data"], self._folder / f"{name}.sock"
        data.mkdir(exist_ok=True, mode=0o700)
        socket.unlink(missing_ok=True)
        database = await asyncio.create_subprocess_exec(
            self._binary,
            socket,
            data,
            cwd=self._folder,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,  # two lines for each connection, and no word about what fails
            preexec_fn=lambda: network.set_parent_death_signal(signal.SIGKILL),
        )
        while not socket.exists() and database.returncode is None:  # noqa: ASYNC110 - another process makes the file
            await asyncio.sleep(_LOOK_AGAIN_S / 5)
        cluster = record["answer"]["name"]

        def project() -> Json:
            found: Json = self._store.read()["groups"][group]
            return found

        proxy = Proxy(socket, cluster, project, lambda: limit(project()["clusters"][cluster]["answer"]))
        server = await asyncio.start_server(proxy.serve, self.host, record["port"])
        self._running[name] = _Running(database, record["data"], proxy, server)

    async def _stop(self, there: _Running) -> None:
        there.server.close()
        with contextlib.suppress(ProcessLookupError):
            there.database.terminate()
        await there.database.wait()

    def _bury(self) -> None:
        """Forget the clusters whose deletion is over."""
        now = time.time()
        for group in self._store.read()["groups"].values():
            for name, record in group["clusters"].items():
                if record["state"] == "DELETING" and now >= record["until"]:
                    with self._store.change() as state:
                        del state["groups"][group["id"]]["clusters"][name]
                    shutil.rmtree(self._folder / record["data"], ignore_errors=True)


def limit(cluster: Json) -> int:
    """Connections that a cluster takes here."""
    size = cluster["replicationSpecs"][0]["regionConfigs"][0]["electableSpecs"]["instanceSize"]
    return connection_limit(size)
