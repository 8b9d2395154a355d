"""How long the cache is away, and what is lost, when its pods die: one master under writes, then all six at once."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cache import client, pods
from infra.cluster import Cluster
from infra.local.cluster import lifecycle
from infra.operations import cache

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROUNDS = 5
_KEYS = 500
_SETTLED_S = 35
"""Pods tell of their role twice a minute."""


def main() -> list[str]:
    """A table: what died, seconds until every pod is ready, seconds without an acknowledged write, writes lost."""
    running = lifecycle.find()
    if running is None:
        sys.exit("`make local` first")
    kubeconfig = running.machine.dir / "kubeconfig"
    kubectl = [str(Path(running.machine.tools["kube-apiserver"]).with_name("kubectl")), f"--kubeconfig={kubeconfig}"]
    cluster = Cluster.connect(kubeconfig=kubeconfig)
    killed = [_killed(kubectl, cluster) for _ in range(_ROUNDS)]
    return [
        "| what died | ready again s | without an acknowledged write s | writes acknowledged | of them lost |",
        "|---|---|---|---|---|",
        *(f"| a master | {ready:.1f} | {silent:.1f} | {written} | {lost} |" for ready, silent, written, lost in killed),
        f"| median | {_median(killed, 0)} | {_median(killed, 1)} | | |",
        *(f"| all six | {ready:.1f} | | {_KEYS} | {lost} |" for ready, lost in _all_deleted(kubectl)),
    ]


def _killed(kubectl: Sequence[str], cluster: Cluster) -> tuple[float, float, int, int]:
    time.sleep(_SETTLED_S)
    master = cache.read(cluster)["masters"][0]
    with client.writing(kubectl) as writes:
        time.sleep(5)
        ready = pods.until_whole(kubectl, without={pods.kill(kubectl, master)})
    found = writes.found
    silent = max(shard["silent_s"] for shard in found)
    return ready, silent, sum(shard["acknowledged"] for shard in found), sum(shard["lost"] for shard in found)


def _all_deleted(kubectl: Sequence[str]) -> list[tuple[float, int]]:
    found = []
    for _ in range(_ROUNDS):
        client.ask(kubectl, "put", str(_KEYS))
        ready = pods.until_whole(kubectl, without=pods.delete_all(kubectl))
        found.append((ready, _KEYS - client.ask(kubectl, "count", str(_KEYS))))
    return found


def _median(rows: Sequence[tuple[Any, ...]], column: int) -> str:
    return f"{statistics.median(row[column] for row in rows):.1f}"
