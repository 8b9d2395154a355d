"""Records timelines from a running local system with real nodes: `python -m benchmarks.rollout.record [NAME…]`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.rollout import timeline
from benchmarks.rollout.behaviours import BEFORE, BEHAVIOURS, LATE, NAME, PORT, deployment
from infra.cluster import Cluster
from infra.local import paths
from infra.local.cluster import lifecycle
from infra.rollout.releases import known_images

RECORDED_S = 75.0
LATE_S = 2.0
"""When what a behaviour waits for is made."""


def main() -> None:
    """Record them all at once, each in a namespace of its own."""
    cluster = Cluster.connect(kubeconfig=paths.kubeconfig())
    image = known_images(paths.images())["v2"]
    names = sys.argv[1:] or list(BEHAVIOURS)
    registry = _registry()
    try:
        threads = [threading.Thread(target=_record, args=(cluster, name, image)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        registry.terminate()


def _registry() -> subprocess.Popen[bytes]:
    """On node1's own loopback, where containerd asks a registry without TLS."""
    running = lifecycle.find()
    if running is None:
        sys.exit("no local system runs here: `make local` first")
    script = Path(__file__).with_name("registry.py")
    enter = ["nsenter", f"--target={running.first.pid}", "--net", "--"]
    return subprocess.Popen([*enter, sys.executable, str(script), str(PORT)], stderr=subprocess.DEVNULL)


def _record(cluster: Cluster, name: str, image: str) -> None:
    namespace, began = f"record-{name}", time.monotonic()
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    try:
        time.sleep(1)  # its default ServiceAccount
        if before := BEFORE.get(name):
            cluster.apply(before(namespace))
        cluster.apply(deployment(name, namespace, image))
        if late := LATE.get(name):
            threading.Timer(LATE_S, lambda: cluster.apply(late(namespace))).start()
        entries = _entries(cluster, namespace, began + RECORDED_S)
        timeline.path(name).write_text(json.dumps(timeline.clean(entries), indent=1) + "\n")
        print(f"{name}: {len(entries)} entries", flush=True)
    finally:
        cluster.delete("v1", "Namespace", namespace)


def _entries(cluster: Cluster, namespace: str, end: float) -> list[dict[str, Any]]:
    """What the kubelet said of the pod and about it, with the moment it was said."""
    found: list[dict[str, Any]] = []

    def follow(kind: str, fields: str, part: str) -> None:
        version = cluster.list_page("v1", kind, namespace)[1]
        left = end - time.monotonic()
        for what, live in cluster.watch("v1", kind, namespace, fields=fields, resource_version=version, timeout_s=left):
            if what in ("ADDED", "MODIFIED"):
                found.append({"at": time.monotonic(), part: live})

    about = f"involvedObject.kind=Pod,involvedObject.namespace={namespace}"
    threads = [
        threading.Thread(target=follow, args=("Pod", "", "pod")),
        threading.Thread(target=follow, args=("Event", about, "event")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [entry for entry in found if "event" not in entry or NAME in entry["event"]["involvedObject"]["name"]]


if __name__ == "__main__":
    main()
