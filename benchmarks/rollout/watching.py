"""What watching costs, by other pods in the namespace and by pods of one's own, beside `kubectl rollout status`."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.policies.measure import run
from benchmarks.rollout.field import field, node
from benchmarks.rollout.world import IMAGES, LABELS, NAME
from infra.local.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.policies.measure import Figure
    from benchmarks.rollout.field import Field
    from infra.cluster import Cluster

_OTHERS = (100, 1000, 5000)
_OWN = (10, 100, 1000)
_NODES = 12
_CHURN_S = 0.05
"""Between two changes of other pods and two events about them."""

_AT_ONCE = 16


def main() -> list[str]:
    """Measure.

    Returns:
        Lines of Markdown.
    """
    lines = ["| other pods | own pods | watcher | wall s | CPU s | peak MiB |", "|---|---|---|---|---|---|"]
    with field(_say) as place:
        for number in range(_NODES):
            node(place.cluster, f"wide{number}")
        there = 0
        for others in _OTHERS:
            _others(place.cluster, range(there, others))
            there = others
            with _churn(place.cluster, others):
                lines += _measured(place, "shared", others, 10)
        for own in _OWN:
            lines += _measured(place, f"own-{own}", 0, own)
    return lines


def _measured(place: Field, namespace: str, others: int, own: int) -> list[str]:
    """Roll the same Deployment out once, watched by both."""
    _namespace(place.cluster, namespace)
    place.cluster.apply(_deployment(namespace, own, "good"), force=True)
    _run(place, [*_kubectl(place, namespace), "--timeout=300s"])
    place.cluster.apply(_deployment(namespace, own, "next"), force=True)
    ours = [sys.executable, "-m", "benchmarks.rollout.watcher", str(place.kubeconfig), namespace, IMAGES["next"]]
    with ThreadPoolExecutor(2) as pool:
        figures = {
            "rez": pool.submit(_run, place, ours),
            "kubectl rollout status": pool.submit(_run, place, _kubectl(place, namespace)),
        }
    place.cluster.delete("apps/v1", "Deployment", NAME, namespace)
    return [_row(others, own, name, figure.result()) for name, figure in figures.items()]


def _row(others: int, own: int, name: str, figure: Figure) -> str:
    return f"| {others:,} | {own:,} | {name} | {figure.wall_s:.1f} | {figure.cpu_s:.2f} | {figure.peak_mib} |"


def _run(place: Field, command: list[str]) -> Figure:
    os.environ |= {"KUBECONFIG": str(place.kubeconfig), "PYTHONPATH": str(ROOT)}
    return run(command, ROOT, (0,))[0]


def _kubectl(place: Field, namespace: str) -> list[str]:
    return [str(place.kubectl), "rollout", "status", f"deployment/{NAME}", f"--namespace={namespace}"]


def _namespace(cluster: Cluster, name: str) -> None:
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    while cluster.get("v1", "ServiceAccount", "default", name) is None:
        time.sleep(0.1)


def _deployment(namespace: str, replicas: int, which: str) -> dict[str, Any]:
    container = {"name": "api", "image": IMAGES[which], "resources": {"requests": {"cpu": "10m"}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template}
    metadata = {"name": NAME, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {**spec, "minReadySeconds": 5}}


def _others(cluster: Cluster, numbers: range) -> None:
    """Pods of somebody else, on a node of their own."""
    _namespace(cluster, "shared")
    node(cluster, "others")

    def made(number: int) -> None:
        metadata = {"name": f"other-{number}", "namespace": "shared", "labels": {"app": "other"}}
        container = {"name": "other", "image": "other:v1", "env": [{"name": "TEXT", "value": "x" * 1000}]}
        spec = {"nodeName": "others", "containers": [container]}
        cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(made, numbers))


@contextmanager
def _churn(cluster: Cluster, count: int) -> Iterator[None]:
    """Others are busy meanwhile: their pods change, and events tell of them."""
    over = threading.Event()

    def change() -> None:
        number = 0
        while not over.wait(_CHURN_S):
            number += 1
            name = f"other-{number % count}"
            cluster.patch("v1", "Pod", name, "shared", {"metadata": {"labels": {"turn": str(number)}}})
            cluster.create(_event(name, f"{time.time_ns()}"))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _event(pod: str, suffix: str) -> dict[str, Any]:
    about = {"apiVersion": "v1", "kind": "Pod", "name": pod, "namespace": "shared"}
    metadata = {"name": f"{pod}.{suffix}", "namespace": "shared"}
    said = {"type": "Warning", "reason": "Unhealthy", "message": "Readiness probe failed"}
    return {"apiVersion": "v1", "kind": "Event", "metadata": metadata, "involvedObject": about, **said}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
