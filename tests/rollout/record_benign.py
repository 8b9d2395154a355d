"""Records moments of benign rollouts from the replay cluster: `PYTHONPATH=. python tests/rollout/record_benign.py`."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rollout.field import field
from benchmarks.rollout.log import logging
from benchmarks.rollout.speed import KINDS, replay
from infra.rollout import watch
from infra.rollout.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.cluster import Cluster
    from infra.rollout.snapshot import Snapshot

FIXTURES = Path(__file__).parent / "fixtures"
MOMENTS: dict[str, tuple[str, Callable[[Snapshot], bool]]] = {
    "preempted": ("pod/preempted", lambda seen: any(e["reason"] == "Preempted" for e in seen.events)),
    "node-lost": ("pod/node-lost", lambda seen: "NodeStatusUnknown" in json.dumps(seen.pods)),
    "scaled-meanwhile": (
        "deployment/scaled-meanwhile",
        lambda seen: bool(seen.deployment) and (seen.deployment or {})["spec"]["replicas"] == 5,
    ),
}


def record(cluster: Cluster, scenario: str, behaviour: str, shows: Callable[[Snapshot], bool]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        found = watch.read(cluster, Target(namespace=f"rez-{scenario}-0"))
        if shows(found):
            parts: dict[str, Any] = {"deployment": found.deployment, "replicaSets": list(found.replica_sets)}
            parts |= {"pods": list(found.pods), "events": list(found.events)}
            (FIXTURES / f"{behaviour}.json").write_text(json.dumps(parts, indent=1) + "\n")
            print(f"{behaviour}: recorded", flush=True)
            return
        time.sleep(0.1)
    print(f"{behaviour}: NOT recorded", flush=True)


def main() -> None:
    with field(print) as place, logging(place.cluster, list(KINDS)) as log:
        for scenario, (behaviour, shows) in MOMENTS.items():
            threading.Thread(target=record, args=(place.cluster, scenario, behaviour, shows), daemon=True).start()
        replay(place, log, [("rez", scenario, 0) for scenario in MOMENTS])


if __name__ == "__main__":
    main()
