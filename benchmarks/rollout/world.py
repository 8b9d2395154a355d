"""What is rolled out in a replay: a small API with its configuration, good and then not."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from benchmarks.rollout.stages import CUSTOM, TIMELINE

if TYPE_CHECKING:
    from benchmarks.rollout.scenarios import Scenario

NAME = "merchant-backend"
REPLICAS = 3
MIN_READY_S = 5
GOOD = "ready"
LABELS = {"app": NAME, "track": "stable"}
IMAGES = {"good": f"docker.io/rezapp/merchant-backend@sha256:{1:064x}"}
IMAGES |= {"next": f"docker.io/rezapp/merchant-backend@sha256:{2:064x}"}
CONFIG = "api-config"

Manifest = dict[str, Any]


def _probe(path: str, failures: int) -> Manifest:
    return {"httpGet": {"path": path, "port": 3000}, "periodSeconds": 2, "failureThreshold": failures}


def manifests(
    namespace: str, which: str, scenario: Scenario, *, deadline_s: int, hashed: bool = False
) -> list[Manifest]:
    """The ConfigMap and the Deployment of the good release or of the next.

    Args:
        namespace: Where.
        which: `good` or `next`.
        scenario: What the next release does.
        deadline_s: `progressDeadlineSeconds`.
        hashed: Name the ConfigMap for its content, as rez does, instead of changing it in place.
    """
    following = which == "next"
    config = f"{CONFIG}-{which}" if hashed else CONFIG
    container = {
        "name": "api",
        "image": IMAGES[which],
        "envFrom": [{"configMapRef": {"name": config}}],
        "startupProbe": _probe("/health/live", 15),
        "readinessProbe": _probe("/health", 3),
        "livenessProbe": _probe("/health/live", 3),
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
    }
    pod: Manifest = {"containers": [container], "terminationGracePeriodSeconds": 1}
    if following:
        container.update(copy.deepcopy(scenario.container))
        pod.update(json.loads(json.dumps(scenario.pod).replace("@NAMESPACE@", namespace)))
    labels = {**LABELS, TIMELINE: scenario.timeline if following else GOOD}
    spec = {
        "replicas": REPLICAS,
        "minReadySeconds": MIN_READY_S,
        "progressDeadlineSeconds": deadline_s,
        "selector": {"matchLabels": LABELS},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {"metadata": {"labels": labels, "annotations": CUSTOM}, "spec": pod},
    }
    return [
        _object("v1", "ConfigMap", config, namespace, data={"LOG_LEVEL": "debug" if following else "info"}),
        _object("apps/v1", "Deployment", NAME, namespace, spec=spec),
    ]


def _object(api_version: str, kind: str, name: str, namespace: str, **rest: Any) -> Manifest:
    metadata = {"name": name, "namespace": namespace, "labels": LABELS}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
