"""What real pods are made to do so that their kubelet's words can be recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "merchant-backend"
PORT = 5000
"""Of the registry that has nothing, on node1's loopback."""

Manifest = dict[str, Any]
_LABELS = {"app": NAME, "track": "stable"}
_FAIL = ["node", "-e", "process.exit(1)"]
_FAIL_ONCE = ["sh", "-c", "if [ -e /state/been ]; then exec node server.js; fi; : > /state/been; exit 1"]
_LATE_SERVER = ["node", "-e", "setTimeout(() => import(`${process.cwd()}/server.js`), 20000)"]
_HOG = ["node", "-e", "const a=[];for(;;)a.push(Buffer.alloc(1e6,1))"]
_SMALL = {"requests": {"cpu": "10m", "memory": "20Mi"}, "limits": {"cpu": "500m", "memory": "20Mi"}}
_LIVENESS = {"httpGet": {"path": "/absent", "port": 3000}, "periodSeconds": 1, "failureThreshold": 2}
_STATE = {"volumeMounts": [{"name": "state", "mountPath": "/state"}]}
_KEY = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "db-secrets", "key": "MONGODB_URI"}}}
_CERTS = {"volumeMounts": [{"name": "certs", "mountPath": "/certs"}]}
_SECRET_VOLUME = {"volumes": [{"name": "certs", "secret": {"secretName": "merchant-tls"}}]}
_NODE1 = {"nodeSelector": {"kubernetes.io/hostname": "node1"}}


def _probe(path: str, **rest: int) -> Manifest:
    return {"httpGet": {"path": path, "port": 3000}, "periodSeconds": 2, "failureThreshold": 15, **rest}


BEHAVIOURS: dict[str, tuple[Manifest, Manifest]] = {
    "ready": ({}, {}),
    "slow-start": ({"command": _LATE_SERVER}, {}),
    "crash-loop": ({"command": _FAIL}, {}),
    "one-restart": ({"command": _FAIL_ONCE, **_STATE}, {"volumes": [{"name": "state", "emptyDir": {}}]}),
    "oom-loop": ({"command": _HOG, "resources": _SMALL}, {}),
    "image-not-found": ({"image": f"127.0.0.1:{PORT}/rezapp/merchant-backend:absent"}, _NODE1),
    "image-pull-denied": ({"image": f"127.0.0.1:{PORT}/denied/merchant-backend:v1"}, _NODE1),
    "secret-key-missing": ({"env": [_KEY]}, {}),
    "secret-late": ({"env": [_KEY]}, {}),
    "configmap-missing": ({"envFrom": [{"configMapRef": {"name": "absent"}}]}, {}),
    "init-failing": ({}, {"initContainers": [{"name": "prepare", "command": _FAIL}]}),
    "never-ready": ({"readinessProbe": _probe("/absent", failureThreshold=3)}, {}),
    "liveness-kill-loop": ({"livenessProbe": _LIVENESS}, {}),
    "mount-impossible": (_CERTS, _SECRET_VOLUME),
    "mount-late": (_CERTS, _SECRET_VOLUME),
}
"""Changes to the container, and to the pod."""


def _secret(name: str, key: str = "MONGODB_URI") -> Callable[[str], Manifest]:
    def made(namespace: str) -> Manifest:
        metadata = {"name": name, "namespace": namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {key: "x"}}

    return made


BEFORE = {"secret-key-missing": _secret("db-secrets", "OTHER")}
"""What is there before the pod."""

LATE = {"secret-late": _secret("db-secrets"), "mount-late": _secret("merchant-tls")}
"""What comes only when the pod waits for it already."""


def deployment(behaviour: str, namespace: str, image: str) -> Manifest:
    """One pod that behaves so."""
    of_container, of_pod = BEHAVIOURS[behaviour]
    container = {
        "name": "api",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "startupProbe": _probe("/health/live"),
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        **of_container,
    }
    pod = {"containers": [container], "terminationGracePeriodSeconds": 1, **of_pod}
    for init in pod.get("initContainers", []):
        init["image"] = image
    template = {"metadata": {"labels": _LABELS}, "spec": pod}
    metadata = {"name": NAME, "namespace": namespace}
    spec = {"replicas": 1, "selector": {"matchLabels": _LABELS}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
