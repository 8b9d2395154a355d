"""The database behind the API: a real one, behind a local Atlas that the program declared it to."""

from __future__ import annotations

import json
import os
import re
import signal
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest

from infra import atlas_api
from infra.atlas_api import Atlas

if TYPE_CHECKING:
    from tests.system.support import System

pytestmark = pytest.mark.cluster

_LOCAL = ("--stack", "local")


def _atlas(system: System) -> Atlas:
    return Atlas(json.loads((system.run_dir / "atlas/access.json").read_text()))


def _put(system: System, name: str, text: str) -> None:
    answer = httpx.put(f"{system.url}/merchants/{name}", json={"name": text}, timeout=10, trust_env=False)
    assert answer.status_code == httpx.codes.OK, answer.text


def _name(system: System, name: str) -> str:
    return str(httpx.get(f"{system.url}/merchants/{name}", timeout=10, trust_env=False).json()["name"])


def test_a_document_survives_a_kill_of_the_database(system: System) -> None:
    assert httpx.get(f"{system.url}/health", trust_env=False).json()["dependencies"]["mongodb"] == "ok"
    _put(system, "m1", "Asha")
    emulators = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and _is_emulator(folder, system.run_dir)
    ]
    assert len(emulators) == 1
    os.kill(emulators[0], signal.SIGKILL)
    system.answers()
    assert _name(system, "m1") == "Asha"


def _is_emulator(folder: Path, run: Path) -> bool:
    try:
        argv = (folder / "cmdline").read_text().split("\0")
    except OSError:
        return False
    return "infra.local.atlas" in argv and str(run / "atlas") in argv


def test_status_tells_state_version_connections_and_backups(system: System) -> None:
    found = system.status()["database"]
    assert (found["state"], found["version"], found["limit"]) == ("IDLE", "7.0.42", 600)
    assert 0 < found["connections"] < 600
    text = system.rez("status", *_LOCAL).stdout
    assert re.search(r"^database +IDLE: MongoDB 7\.0\.42, \d+/600 connections", text, re.MULTILINE)


def test_what_was_changed_by_hand_is_drift_and_comes_back(system: System) -> None:
    atlas = _atlas(system)
    group = f"/groups/{atlas.get('/groups/byName/rez-local')['id']}"
    user, entry = f"{group}/databaseUsers/admin/reader", f"{group}/accessList/{quote('127.0.0.1/32', safe='')}"
    alerts = list(atlas.each(f"{group}/alertConfigs"))
    alert = f"{group}/alertConfigs/{alerts[0]['id']}"
    atlas.request("DELETE", user)
    atlas.request("DELETE", entry)
    atlas.request("PATCH", alert, body={"enabled": False})
    cluster = atlas.get(f"{group}/clusters/merchant", atlas_api.CLUSTER_READ)
    cluster["replicationSpecs"][0]["regionConfigs"][0]["electableSpecs"]["instanceSize"] = "M40"
    body = {"replicationSpecs": cluster["replicationSpecs"]}
    atlas.request("PATCH", f"{group}/clusters/merchant", atlas_api.CLUSTER_WRITE, body=body)
    found = system.rez("drift", *_LOCAL, check=False)
    system.rez("pulumi", "up", *_LOCAL, "--refresh", "--yes", "--skip-preview", "--non-interactive")
    assert found.returncode == 7
    for named in ("DatabaseUser reader", "ProjectIpAccessList 127.0.0.1/32", "AlertConfiguration ", "electableSpecs"):
        assert named in found.stdout, found.stdout
    assert "M40" in found.stdout
    assert atlas.get(user)["username"] == "reader"
    assert atlas.get(entry)["cidrBlock"] == "127.0.0.1/32"
    assert atlas.get(alert)["enabled"] is True
    assert len(list(atlas.each(f"{group}/alertConfigs"))) == len(alerts)
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")


def test_no_password_is_in_logs_state_or_arguments(system: System) -> None:
    found = "jsonpath={.items[*].data.MONGODB_URI} {.items[*].data.REDIS_URL}"
    uris = system.kubectl("get", "secrets", "-n", "production", "-o", found).split()
    passwords = [unquote(urlsplit(b64decode(uri).decode()).password or "") for uri in uris]
    key = json.loads((system.run_dir / "atlas/access.json").read_text())["MONGODB_ATLAS_PRIVATE_API_KEY"]
    assert passwords
    assert all(passwords)
    kept = [*system.run_dir.glob("log/*"), *system.run_dir.glob("state/**/*"), system.run_dir / "atlas/state.json"]
    texts = [path.read_bytes() for path in kept if path.is_file()]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                texts.append((folder / "cmdline").read_bytes())
            except OSError:
                continue
    assert not [True for secret in (*passwords, key) if any(secret.encode() in text for text in texts)]
