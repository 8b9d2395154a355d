"""Services, Ingresses and NetworkPolicies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.policies.corpus.app import App


def service(app: App, component: str = "web", suffix: str = "") -> dict[str, Any]:
    """A Service; a few are open to the world, miss their pods or miss their port."""
    name = f"{app.name}-{component}{suffix}"
    draw = app.draw(f"{name}/service")
    selector = app.labels(component)
    if draw.happens("selects nothing", 4):
        selector["app.kubernetes.io/component"] = f"{component}s"
    target = "https" if draw.happens("wrong port", 4) else draw.pick("target", ("http", str(app.port)))
    spec: dict[str, Any] = {
        "type": "NodePort" if draw.happens("open", 8) else "ClusterIP",
        "selector": selector,
        "ports": [{"name": "http", "port": 80, "targetPort": int(target) if target.isdigit() else target}],
    }
    if suffix:
        spec |= {"type": "ClusterIP", "clusterIP": "None"}
    return app.object("v1/Service", name, {"spec": spec})


def ingress(app: App) -> dict[str, Any]:
    """An Ingress with TLS for most."""
    host = f"{app.name}.example.org"
    backend = {"service": {"name": f"{app.name}-web", "port": {"name": "http"}}}
    paths = [{"path": path, "pathType": "Prefix", "backend": backend} for path in ("/", "/api")]
    spec: dict[str, Any] = {"ingressClassName": "nginx"}
    if app.draw("ingress").happens("encrypted", 75):
        spec["tls"] = [{"hosts": [host], "secretName": f"{app.name}-tls"}]
    spec["rules"] = [{"host": host, "http": {"paths": paths}}]
    return app.object("networking.k8s.io/v1/Ingress", f"{app.name}-web", {"spec": spec})


def network_policy(app: App, component: str = "web") -> dict[str, Any]:
    """A NetworkPolicy: who may come in, and for some also where they may go."""
    draw = app.draw(f"{component}/network")
    peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}]
    spec: dict[str, Any] = {
        "podSelector": {"matchLabels": app.labels(component)},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": peers, "ports": [{"port": "http", "protocol": "TCP"}]}],
    }
    if draw.happens("egress", 40):
        spec["policyTypes"].append("Egress")
        spec["egress"] = [{"ports": [{"port": 53, "protocol": "UDP"}, {"port": 443, "protocol": "TCP"}]}]
    return app.object("networking.k8s.io/v1/NetworkPolicy", f"{app.name}-{component}", {"spec": spec})
