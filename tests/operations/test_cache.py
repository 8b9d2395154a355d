from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.operations import cache
from infra.rejection import ApiError

MIB = 1024 * 1024
SERVER = "status redis_version:7.0.15 maxmemory:335544320 cluster_state:ok cluster_slots_ok:16384"


def line(role: str, used_mib: int, hits: int = 0, misses: int = 0) -> str:
    return f"{SERVER} role:{role} used_memory:{used_mib * MIB} keyspace_hits:{hits} keyspace_misses:{misses}"


class Pods:
    """A cluster with the cache's StatefulSet and what its pods wrote."""

    def __init__(self, **logs: str) -> None:
        self.logs_of = {name.replace("_", "-"): text for name, text in logs.items()}
        self.found: dict[str, Any] | None = {
            "metadata": {"annotations": {"rez.dev/certificate-ends": "2027-01-31"}},
            "spec": {"replicas": 6},
            "status": {"readyReplicas": 5},
        }

    def get(self, *_: Any) -> dict[str, Any] | None:
        return self.found

    def list(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return [{"metadata": {"name": pod}} for pod in self.logs_of]

    def logs(self, _namespace: str, pod: str, container: str, **_: Any) -> str:
        assert container == "peers"
        if not self.logs_of[pod]:
            raise ApiError("ContainerCreating", status=400)
        return self.logs_of[pod]


def test_masters_count_for_memory_and_hits_and_the_last_line_of_each_log() -> None:
    pods = Pods(
        redis_0=f"{line('replica', 99)}\nOK\n{line('master', 10, 30, 10)}\nOK",
        redis_1=line("master", 5, 60, 0),
        redis_3=line("slave", 50, 500, 0),
        redis_4="",
    )
    found = cache.read(pods)
    assert found["masters"] == ["redis-0", "redis-1"]
    assert (found["state"], found["slots"], found["hit_percent"]) == ("ok", 16384, 90)
    assert cache.words(found) == (
        "ok: Redis 7.0.15, 5/6 pods ready, 16384/16384 slots, 15/640 MiB (2%), 90% hits, certificate until 2027-01-31"
    )


def test_one_pod_that_sees_no_whole_cluster_is_enough_to_fail() -> None:
    failing = line("master", 1).replace(
        "cluster_state:ok cluster_slots_ok:16384", "cluster_state:fail cluster_slots_ok:9"
    )
    found = cache.read(Pods(redis_0=line("master", 1), redis_1=failing))
    assert (found["state"], found["slots"], found["hit_percent"]) == ("fail", 9, None)
    assert ", not asked yet, " in cache.words(found)


def test_what_is_not_there_or_not_told_or_not_allowed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pods = Pods(redis_0="")
    assert cache.words(cache.read(pods)) == "5/6 pods ready, which have told nothing yet"
    pods.found = None
    assert cache.words(cache.read(pods)) == "none here"

    def refuse(*_: Any) -> None:
        raise ApiError("statefulsets: forbidden", status=403)

    monkeypatch.setattr(pods, "get", refuse)
    assert cache.words(cache.read(pods)) == "unavailable: statefulsets: forbidden"


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 31), ""),
        (date(2027, 1, 1), "the certificate ends on 2027-01-31"),
        (date(2027, 1, 31), "the certificate ends on 2027-01-31"),
        (date(2027, 2, 1), "the certificate ended on 2027-01-31"),
    ],
)
def test_the_certificate_is_warned_of_thirty_days_before(today: date, said: str) -> None:
    verdict = cache.certificate_verdict(cache.read(Pods()), today)
    assert verdict.startswith(said)
    assert bool(verdict) == bool(said)
