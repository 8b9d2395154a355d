"""The load balancer in front of the API."""

from __future__ import annotations

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE, Settings

_AWS = "service.beta.kubernetes.io/aws-load-balancer"


def service(settings: Settings) -> Manifest:
    """The one public Service: it selects the app on any track, so that a canary gets traffic."""
    metadata = names.metadata(names.SERVICE, NAMESPACE, labels={"app": names.APP})
    port = _port("http", 80)
    # One port: beside TLS nothing is served in clear.
    if certificate := settings.service.tls.certificate:
        metadata["annotations"] |= {f"{_AWS}-ssl-cert": certificate, f"{_AWS}-ssl-ports": "443"}
        port = _port("https", 443)
    spec = {"type": "LoadBalancer", "selector": {"app": names.APP}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _port(name: str, number: int) -> Manifest:
    return {"name": name, "port": number, "targetPort": names.PORT_NAME, "protocol": "TCP"}
