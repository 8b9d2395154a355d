"""Records what controllers say of kinds that a rollout leans on: `python tests/rollout/record_kinds.py`.

On a running local system, simulated or real.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.cluster import Cluster
from infra.local import paths
from infra.rollout import claim, hpa, pdb, statefulset

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parent / "fixtures"
NAMESPACE = "record-kinds"
LABELS = {"app": "thing"}
Manifest = dict[str, Any]


def made(api_version: str, kind: str, name: str, **rest: Any) -> Manifest:
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def workload(kind: str, **rest: Any) -> Manifest:
    container = {"name": "c", "image": "thing:v1", "resources": {"requests": {"cpu": "10m"}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container], **rest.pop("pod", {})}}
    spec = {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template, **rest}
    return made("apps/v1", kind, "thing", spec=spec)


def autoscaler() -> Manifest:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "thing"}
    return made("autoscaling/v2", "HorizontalPodAutoscaler", "thing", spec={"scaleTargetRef": target, "maxReplicas": 3})


def budget(least: int) -> Manifest:
    spec = {"minAvailable": least, "selector": {"matchLabels": LABELS}}
    return made("policy/v1", "PodDisruptionBudget", "thing", spec=spec)


def storage(**rest: Any) -> Manifest:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **rest}
    return made("v1", "PersistentVolumeClaim", "thing", spec=spec)


NOWHERE = {"nodeSelector": {"pool": "absent"}}
BEHAVIOURS: dict[str, tuple[list[Manifest], str]] = {
    "hpa/cannot-scale": ([workload("Deployment"), autoscaler()], "cannot-scale"),
    "hpa/cannot-act": ([autoscaler()], "cannot-act"),
    "pdb/drain-blocked": ([workload("Deployment"), budget(2)], "drain-blocked"),
    "pdb/too-few-healthy": ([workload("Deployment", pod=NOWHERE), budget(1)], "too-few-healthy"),
    "pdb/well": ([workload("Deployment"), budget(1)], ""),
    "claim/no-class": ([storage(storageClassName="absent")], "claim-refused"),
    "claim/unbound": ([storage(storageClassName="")], "claim-unbound"),
    "statefulset/whole": ([workload("StatefulSet", serviceName="thing")], ""),
    "statefulset/members-missing": ([workload("StatefulSet", serviceName="thing", pod=NOWHERE)], "members-missing"),
}


def said(live: Manifest, events: list[Manifest]) -> list[str]:
    judges: dict[str, Callable[[], Any]] = {
        "HorizontalPodAutoscaler": lambda: hpa.findings(live),
        "PodDisruptionBudget": lambda: pdb.findings(live),
        "PersistentVolumeClaim": lambda: claim.findings(live, events),
        "StatefulSet": lambda: statefulset.findings(live),
    }
    return [finding.reason for finding in judges[live["kind"]]()]


def settled(live: Manifest) -> bool:
    """What shows nothing wrong has to have been looked at by its controller."""
    status = live.get("status", {})
    return status.get("currentHealthy", status.get("readyReplicas")) == 2


def record(cluster: Cluster, behaviour: str, manifests: list[Manifest], reason: str) -> bool:
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    time.sleep(2)
    for manifest in manifests:
        cluster.apply(manifest, force=True)
    last, deadline = manifests[-1], time.monotonic() + 60
    while time.monotonic() < deadline:
        live = cluster.get(last["apiVersion"], last["kind"], "thing", NAMESPACE) or last
        about = f"involvedObject.kind={last['kind']},involvedObject.name=thing"
        events = cluster.list("v1", "Event", NAMESPACE, fields=about)
        if said(live, events) == ([reason] if reason else []) and (reason or settled(live)):
            live["metadata"].pop("managedFields")
            file = FIXTURES / f"{behaviour}.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps({"live": live, "events": events}, indent=1) + "\n")
            return True
        time.sleep(0.5)
    print(json.dumps(live.get("status")), events)
    return False


def main() -> None:
    cluster = Cluster.connect(kubeconfig=paths.kubeconfig())
    for behaviour, (manifests, reason) in BEHAVIOURS.items():
        try:
            print(
                behaviour, "recorded" if record(cluster, behaviour, manifests, reason) else "NOT recorded", flush=True
            )
        finally:
            cluster.delete("v1", "Namespace", NAMESPACE)
            while cluster.get("v1", "Namespace", NAMESPACE):
                time.sleep(0.5)


if __name__ == "__main__":
    main()
