"""The cache behind the API: six pods of Redis that form their cluster by themselves."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from benchmarks.cache import client, pods
from tests.system.api_server import until

if TYPE_CHECKING:
    from tests.system.support import System

pytestmark = pytest.mark.cluster

LAG_S = 10
"""A master whose replica is further behind takes no writes: nothing older can be lost. Source: min-replicas-max-lag."""


def test_a_key_that_the_api_wrote_is_read_back(system: System) -> None:
    assert httpx.get(f"{system.url}/health", trust_env=False).json()["dependencies"]["redis"] == "ok"
    address = f"{system.url}/merchants/cached"
    httpx.put(address, json={"name": "Asha"}, timeout=10, trust_env=False).raise_for_status()

    def kept() -> bool:  # the API does without a cache that does not take a key within a second
        assert httpx.get(address, timeout=10, trust_env=False).json()["name"] == "Asha"
        value = client.ask(system.kubectl_argv(), "get", "merchant:cached")
        return value is not None and json.loads(value)["name"] == "Asha"

    until(kept)


def test_status_tells_state_slots_memory_and_hits(system: System) -> None:
    until(lambda: system.status()["cache"].get("state") == "ok")
    found = system.status()["cache"]
    assert (found["ready"], found["slots"], len(found["masters"])) == (6, 16384, 3)
    text = system.rez("status", "--stack", "local").stdout
    assert re.search(r"^cache +ok: Redis 7\.0\.\d+, 6/6 pods ready, 16384/16384 slots, \d+/960 MiB", text, re.MULTILINE)


def test_a_killed_master_costs_seconds_and_at_most_what_its_replica_had_not_yet(system: System) -> None:
    kubectl = system.kubectl_argv()
    client.ask(kubectl, "put", "200")
    with client.writing(kubectl) as writes:
        time.sleep(2)
        pods.until_whole(kubectl, without={pods.kill(kubectl, system.status()["cache"]["masters"][0])})
    print(writes.found)
    assert all(shard["acknowledged"] for shard in writes.found)
    assert max(shard["oldest_lost_s"] for shard in writes.found) < LAG_S
    assert client.ask(kubectl, "count", "200") == 200


def test_all_six_pods_deleted_at_once_come_back_as_one_cluster_with_every_key(system: System) -> None:
    kubectl = system.kubectl_argv()
    client.ask(kubectl, "put", "200")
    pods.until_whole(kubectl, without=pods.delete_all(kubectl))
    assert client.ask(kubectl, "count", "200") == 200
    until(lambda: system.status()["health"]["ok"])
