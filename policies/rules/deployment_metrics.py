"""What Prometheus finds of the API's pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_servers
from policies.cluster.pods import WORKLOADS, ports, template
from policies.limits import METRICS_PATH
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = f"""\
metadata:
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: "3000"
    prometheus.io/path: {METRICS_PATH}
"""


@rule(
    About(
        id="deployment-metrics-scrape",
        severity=Severity.MEDIUM,
        title="Prometheus reads the API's metrics from every pod",
        why="Without them no alert fires, and a canary is judged by nothing",
        remedy=f"annotate the pod template: prometheus.io/scrape, its port, and the path {METRICS_PATH}",
        snippet=_SNIPPET,
        source="runbook, Monitoring & Alerts: Key Metrics to Monitor",
    ),
    kinds=WORKLOADS,
    each=api_servers,
)
def metrics_scrape(server: Node) -> Iterator[Violation]:
    """Ask for the three annotations of the pod; their values are strings."""
    annotations = template(server).at("metadata", "annotations")
    if annotations.get("prometheus.io/scrape") != "true":
        yield annotations.must("prometheus.io/scrape", be='be "true"')
    if annotations.get("prometheus.io/port") not in [str(port.integer("containerPort")) for port in ports(server)]:
        yield annotations.must("prometheus.io/port", be="be the number of a container port")
    if annotations.get("prometheus.io/path") != METRICS_PATH:
        yield annotations.must("prometheus.io/path", be=f"be {METRICS_PATH}")
