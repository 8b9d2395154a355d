"""Resources as a test's program declares them."""

from __future__ import annotations

from typing import Any


def config_map(name: str, namespace: str, **data: Any) -> dict[str, Any]:
    props = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}
    return {"type": "kubernetes:core/v1:ConfigMap", "name": name, "props": props}


def deployment(name: str, namespace: str, *, image: str = "example/a:1", app: str = "a", **opts: Any) -> dict[str, Any]:
    labels = {"app": app, "app.kubernetes.io/name": name}
    pod = {"containers": [{"name": "api", "image": image, "resources": {"requests": {"cpu": "1000m"}}}]}
    props = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }
    return {"type": "kubernetes:apps/v1:Deployment", "name": name, "props": props, "opts": opts}


def service(name: str, namespace: str, kind: str = "ClusterIP") -> dict[str, Any]:
    props = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": "a"}, "ports": [{"name": "http", "port": 80, "targetPort": 3000}]},
    }
    return {"type": "kubernetes:core/v1:Service", "name": name, "props": props}


def secret(name: str, namespace: str, key: str) -> dict[str, Any]:
    props = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"PASSWORD": {"secret": key}},
    }
    return {"type": "kubernetes:core/v1:Secret", "name": name, "props": props}
