"""Liveness: a restart is for a stuck process, not for a slow moment or for an outage elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import is_api, serving_containers
from policies.cluster.pods import WORKLOADS
from policies.limits import (
    API_LIVENESS_PATIENCE_S,
    HEALTH_PATH,
    HEALTH_SOURCE,
    LIVENESS_FAILURES,
    LIVENESS_PATIENCE_S,
)
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
readinessProbe: {httpGet: {path: /health, port: http}, periodSeconds: 5}
livenessProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 10, failureThreshold: 3}
"""
_SAME: Final = "what readinessProbe asks"
_DEFAULT_PERIOD_S: Final = 10
_DEFAULT_FAILURES: Final = 3


@rule(
    About(
        id="container-liveness-path",
        severity=Severity.CRITICAL,
        title="Liveness depends on nothing outside the process",
        why="/health answers for MongoDB and Redis: a database outage would restart the whole fleet",
        remedy="point livenessProbe.httpGet.path at /health/live",
        snippet=_SNIPPET,
        source=HEALTH_SOURCE,
        settings=("service.health_path", "service.liveness_path"),
    ),
    kinds=WORKLOADS,
    each=serving_containers,
)
def liveness_path(container: Node) -> Iterator[Violation]:
    """Refuse the readiness check as a liveness check, and the API's answer for its databases."""
    liveness = container.at("livenessProbe")
    path = liveness.at("httpGet", "path")
    if path.text().partition("?")[0].rstrip("/") == HEALTH_PATH and is_api(container.root):
        yield path.must(be="be a path that asks neither MongoDB nor Redis, such as /health/live")
        return
    for handler in ("httpGet", "grpc", "exec"):
        asked = _question(container, "livenessProbe", handler)
        if asked is not None and asked == _question(container, "readinessProbe", handler):
            at = path if handler == "httpGet" else liveness.at(handler)
            # A command may hold a password: it is not shown.
            yield at.must(be="ask less than readiness, only whether the process answers", value=_SAME)


@rule(
    About(
        id="container-liveness-patience",
        severity=Severity.HIGH,
        title="Liveness waits for several lost answers before it restarts",
        why="A garbage collection, a slow disk or a busy node would restart pods that serve, all at once",
        remedy="set periodSeconds 10 and failureThreshold 3, Kubernetes' own defaults",
        snippet=_SNIPPET,
        source=f"{HEALTH_SOURCE}; Kubernetes, Configure Probes",
        settings=("api.probes.liveness",),
    ),
    kinds=WORKLOADS,
    each=serving_containers,
)
def liveness_patience(container: Node) -> Iterator[Violation]:
    """Compare how many lost answers, and how long a silence, lead to a restart."""
    probe = container.at("livenessProbe")
    if not probe.mapping():
        return
    period_s = probe.integer("periodSeconds") or _DEFAULT_PERIOD_S
    failures = probe.integer("failureThreshold") or _DEFAULT_FAILURES
    least_s = API_LIVENESS_PATIENCE_S if is_api(container.root) else LIVENESS_PATIENCE_S
    if failures < LIVENESS_FAILURES:
        yield probe.must("failureThreshold", be=f"be at least {LIVENESS_FAILURES}")
    if period_s * failures < least_s:
        silence = f"{period_s} s, {failures} times"
        yield probe.must("periodSeconds", be=f"come to at least {least_s} s before a restart", value=silence)


def _question(container: Node, probe: str, handler: str) -> object:
    """What a probe asks, to be compared: where, and for what; None where it has no such handler."""
    at = container.at(probe, handler)
    if not at.mapping():
        return None
    what = at.text("path").rstrip("/") or at.text("service")
    return what, _number(container, at.get("port")), [word.get() for word in at.each("command")]


def _number(container: Node, port: object) -> object:
    named = (each.get("containerPort") for each in container.each("ports") if each.get("name") == port)
    return next(named, port) if isinstance(port, str) else port
