"""The Ingress: nothing in clear, and every path leads to a Service that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.limits import NETWORK_SOURCE
from policies.objects.graph import Graph, namespace_of
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = ("Ingress.networking.k8s.io",)
_SNIPPET: Final = """\
spec:
  tls:
    - {hosts: [api.rezapp.com], secretName: api-rezapp-com-tls}
  rules:
    - host: api.rezapp.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: merchant-backend, port: {number: 80}}}}
"""
_CERTIFICATES: Final = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
)
_REDIRECT: Final = "nginx.ingress.kubernetes.io/ssl-redirect"
_BY_ANNOTATION: Final = "use-annotation"


def _parts(ingress: Node) -> Iterator[Node]:
    yield ingress
    yield from ingress.each("spec", "rules")


def _backends(ingress: Node) -> Iterator[Node]:
    yield ingress.at("spec", "defaultBackend", "service")
    for host in ingress.each("spec", "rules"):
        for path in host.each("http", "paths"):
            yield path.at("backend", "service")


@rule(
    About(
        id="ingress-tls",
        severity=Severity.HIGH,
        title="Every host of an Ingress is served with TLS",
        why="Tokens and payments would cross the internet in clear",
        remedy="list the host in an entry of spec.tls, with the Secret of its certificate",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
    each=_parts,
)
def tls(part: Node) -> Iterator[Violation]:
    """Ask for a certificate, and for one of each host; a cloud's load balancer has its own by annotation."""
    ingress = part.root
    if any(ingress.text("metadata", "annotations", key) for key in _CERTIFICATES):
        return
    if not ingress.get("spec", "tls"):
        if part is ingress:
            yield part.must("spec", "tls", be="hold every host")
    elif part is ingress:
        if ingress.text("metadata", "annotations", _REDIRECT) == "false":
            yield ingress.must(
                "metadata", "annotations", _REDIRECT, be="not be false: every host is served in clear too"
            )
    elif not _served(part.text("host"), ingress):
        yield part.must("host", be="be among the hosts of spec.tls")


@graph_rule(
    About(
        id="ingress-backend",
        severity=Severity.HIGH,
        title="Every backend of an Ingress is a Service that is there, at a port it has",
        why="Every request to such a path is answered with an error by the load balancer",
        remedy="name a Service of the Ingress's own Namespace, and one of its ports by name or number",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
    each=_backends,
)
def backend(service: Node, graph: Graph) -> Iterator[Violation]:
    """Look the Service and its port up; what a load balancer's annotation answers itself needs none."""
    if not service.mapping() or service.text("port", "name") == _BY_ANNOTATION:
        return
    namespace = namespace_of(service.root)
    found = graph.named("Service", namespace, service.text("name"))
    if found is None:
        yield service.must("name", be=f"be a Service in the Namespace {namespace}")
        return
    key, theirs = ("name", "name") if service.text("port", "name") else ("number", "port")
    ports = [port.get(theirs) for port in found.each("spec", "ports")]
    if ports and service.get("port", key) not in ports:
        yield service.must("port", key, be=f"be a port of Service {service.text('name')}")


def _served(host: str, ingress: Node) -> bool:
    """Tell whether an entry holds a host, itself or by a wildcard for its first label; one without hosts holds all."""
    for entry in ingress.each("spec", "tls"):
        hosts = [item.text() for item in entry.each("hosts")]
        if not hosts or not host or host in hosts or f"*.{host.partition('.')[2]}" in hosts:
            return True
    return False
