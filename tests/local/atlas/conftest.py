"""A local Atlas of a test's own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pymongo
import pytest

from infra import atlas_api
from infra.atlas_api import Atlas
from infra.errors import UnavailableError
from infra.local import toolchain
from infra.local.atlas import access
from infra.local.cluster.forward import free_port
from infra.local.plugins.mongodbatlas.resources import Resources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE = "canary-private-key"
PASSWORD = "canary-password"
Json = dict[str, Any]


def cluster(project: str, name: str = "merchant", region: str = "AP_SOUTH_1", size: str = "M30") -> Json:
    """A cluster's properties, as the program declares them."""
    specs = {"instanceSize": size, "nodeCount": 3, "diskSizeGb": 40}
    config = {"providerName": "AWS", "regionName": region, "priority": 7, "electableSpecs": specs}
    return {
        "projectId": project,
        "name": name,
        "clusterType": "REPLICASET",
        "mongoDbMajorVersion": "7.0",
        "backupEnabled": True,
        "replicationSpecs": [{"zoneName": "Zone 1", "regionConfigs": [config]}],
        "advancedConfiguration": {"javascriptEnabled": False},
    }


@dataclass
class Emulator:
    """The emulator as a process, with what a test asks of it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    clients: list[Any] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "access.json").read_text())
        return found

    def start(self) -> None:
        ferretdb = toolchain.ensure(["ferretdb"], print)["ferretdb"]
        command = [sys.executable, "-m", "infra.local.atlas", str(self.folder), str(ferretdb), "127.0.0.1"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*command, str(self.port)], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while True:
            try:
                self.atlas.get("/groups")
            except UnavailableError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    @property
    def atlas(self) -> Atlas:
        return Atlas(self.environment)

    def project(self) -> str:
        return Resources(self.atlas).create("Project", {"orgId": "0" * 24, "name": "rez-local"}, 0)[0]

    def populated(self) -> str:
        """A project with a cluster and two users, open to this machine."""
        project, resources = self.project(), Resources(self.atlas)
        resources.create("AdvancedCluster", cluster(project), 30)
        for name, role in (("api-a", "readWrite"), ("reader", "read")):
            resources.create("DatabaseUser", user(project, name, role), 0)
        resources.create("ProjectIpAccessList", {"projectId": project, "cidrBlock": "127.0.0.1/32"}, 0)
        return project

    def connect(self, project: str, name: str = "api-a", to: str = "merchant", **options: Any) -> Any:
        found = self.atlas.get(f"/groups/{project}/clusters/{to}", atlas_api.CLUSTER_READ)
        address = found["connectionStrings"]["standard"]
        login = {"username": name, "password": PASSWORD, **options}
        client: Any = pymongo.MongoClient(address, serverSelectionTimeoutMS=10_000, w="majority", **login)
        self.clients.append(client)
        return client


def user(project: str, name: str, role: str) -> Json:
    """A user's properties, as the program declares them."""
    roles = [{"roleName": role, "databaseName": "rez"}]
    return {"projectId": project, "username": name, "authDatabaseName": "admin", "password": PASSWORD, "roles": roles}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    port = free_port(18090)
    access.write(tmp_path / "access.json", f"http://127.0.0.1:{port}", "public", PRIVATE)
    running = Emulator(tmp_path, port)
    running.start()
    yield running
    for client in running.clients:
        client.close()
    running.kill()
