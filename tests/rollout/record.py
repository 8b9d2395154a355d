"""Records fixtures from a running local system: `python tests/rollout/record.py [BEHAVIOUR…]`."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from infra.cluster import Cluster
from infra.local import paths
from infra.rollout import watch
from infra.rollout.memory import Memory
from infra.rollout.releases import known_images
from infra.rollout.snapshot import Snapshot
from infra.rollout.target import Target
from infra.rollout.verdict import State, judge

FIXTURES = Path(__file__).parent / "fixtures"
PATIENCE_S = 60
PATIENT = {"pod/missing-secret-key", "pod/missing-configmap", "pod/unschedulable", "replicaset/admission-denied"}
LABELS = {"app": "merchant-backend", "track": "stable"}


def probe(path: str, period: int, failures: int) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": 3000}, "periodSeconds": period, "failureThreshold": failures}


def template(image: str) -> dict[str, Any]:
    container = {
        "name": "api",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "startupProbe": probe("/health", 2, 60),
        "readinessProbe": probe("/health", 5, 3),
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
    }
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [container], "terminationGracePeriodSeconds": 1}}


def behaviours() -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """What to record: behaviour -> (wanted reason, changes to the container, changes to the pod)."""
    images = known_images(paths.images())
    env = {"name": "MONGODB_URI", "valueFrom": {"secretKeyRef": {"name": "db-secrets", "key": "MONGODB_URI"}}}
    init = {"name": "prepare", "image": images["v2"], "command": ["node", "-e", "process.exit(1)"]}
    volume = {"name": "certs", "secret": {"secretName": "merchant-tls"}}
    mount = {"name": "certs", "mountPath": "/certs"}
    small = {"requests": {"cpu": "10m", "memory": "20Mi"}, "limits": {"cpu": "500m", "memory": "20Mi"}}
    hog = {"command": ["node", "-e", "const a=[];for(;;)a.push(Buffer.alloc(1e6,1))"]}
    return {
        "pod/crash-loop": ("crash-loop", {"command": ["node", "-e", "process.exit(1)"]}, {}),
        "pod/oom-loop": ("oom-loop", {"resources": small, **hog}, {}),
        "pod/image-never-pull": ("image-unusable", {"image": "rez/absent:v1", "imagePullPolicy": "Never"}, {}),
        "pod/missing-secret-key": ("config-key-missing", {"env": [env]}, {}),
        "pod/missing-configmap": ("config-missing", {"envFrom": [{"configMapRef": {"name": "absent"}}]}, {}),
        "pod/init-crash-loop": ("init-failing", {}, {"initContainers": [init]}),
        "pod/unschedulable": ("unschedulable", {"resources": {"requests": {"cpu": "500"}}}, {}),
        "pod/mount-impossible": ("mount-impossible", {"volumeMounts": [mount]}, {"volumes": [volume]}),
        "replicaset/quota-too-small": ("quota-too-small", {"resources": {"limits": {"memory": "1Gi"}}}, {}),
        "replicaset/admission-denied": ("pods-refused", {}, {}),
    }


def write(behaviour: str, snapshot: Snapshot) -> None:
    found = {
        "deployment": snapshot.deployment,
        "replicaSets": list(snapshot.replica_sets),
        "pods": list(snapshot.pods),
        "events": list(snapshot.events),
    }
    (FIXTURES / f"{behaviour}.json").write_text(json.dumps(found, indent=1) + "\n")


def namespace_of(behaviour: str) -> str:
    return "record-" + behaviour.rsplit("/", maxsplit=1)[-1]


def prepare(cluster: Cluster, namespace: str, behaviour: str) -> None:
    level = "restricted" if behaviour.endswith("admission-denied") else "privileged"
    labels = {"pod-security.kubernetes.io/enforce": level}
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    objects = [("Secret", "db-secrets", {"stringData": {"OTHER": "x"}})]
    if behaviour.endswith("quota-too-small"):
        objects.append(("ResourceQuota", "compute", {"spec": {"hard": {"limits.memory": "512Mi"}}}))
    for kind, name, rest in objects:
        meta = {"name": name, "namespace": namespace}
        cluster.apply({"apiVersion": "v1", "kind": kind, "metadata": meta, **rest})
    time.sleep(1)  # the namespace's default ServiceAccount and the quota's first count


def start(cluster: Cluster, namespace: str, container: dict[str, Any], pod: dict[str, Any]) -> None:
    pods = template(known_images(paths.images())["v2"])
    pods["spec"]["containers"][0].update(container)
    pods["spec"].update(pod)
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": pods}
    meta = {"name": "merchant-backend", "namespace": namespace}
    cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec})


def record(cluster: Cluster, behaviour: str, reason: str) -> bool:
    """Write the first snapshot that shows the behaviour by itself; a patient one dooms the release only later."""
    target, end = Target(namespace=namespace_of(behaviour)), time.monotonic() + PATIENCE_S
    with closing(watch.follow(cluster, target, say=print)) as moments:
        for _, snapshot in moments:
            verdict, _ = judge(snapshot or Snapshot(None), Memory(), at_s=0)
            if snapshot and verdict.reason == reason and (verdict.state is State.DEGRADED or behaviour in PATIENT):
                write(behaviour, snapshot)
                return True
            if time.monotonic() > end:
                break
    return False


def main() -> None:
    cluster = Cluster.connect(kubeconfig=paths.kubeconfig())
    wanted = sys.argv[1:]
    for behaviour, (reason, container, pod) in behaviours().items():
        if not wanted or behaviour in wanted:
            namespace = namespace_of(behaviour)
            prepare(cluster, namespace, behaviour)
            try:
                start(cluster, namespace, container, pod)
                done = record(cluster, behaviour, reason)
            finally:
                cluster.delete("v1", "Namespace", namespace)
            print(f"{behaviour}: {'recorded' if done else 'NOT recorded'}", flush=True)


if __name__ == "__main__":
    main()
