"""What runs now: release, replicas, autoscaler, endpoints, health, resource use; a part that cannot be read says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from infra import quantities
from infra.errors import UnavailableError
from infra.manifests.overrides import Overrides, told
from infra.operations import events, troubles
from infra.rejection import ApiError
from infra.rollout import deployment, feed, lease, left, watch
from infra.rollout.live import mapping, name, number, objects, text
from infra.rollout.memory import Memory, statuses
from infra.rollout.overrides import words
from infra.rollout.snapshot import image, version
from infra.rollout.verdict import State, judge
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.rollout.snapshot import Snapshot
    from infra.rollout.target import Target

_FINE_CPU = re.compile(r"(\d+)([nu])")
_PER_MILLICORE = {"n": 1_000_000, "u": 1_000}
_NOT_FOUND = 404


class Cluster(feed.Source, Protocol):
    """The part of `infra.cluster.Cluster` that a status needs."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """A live object."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""


@dataclass(frozen=True)
class Health:
    """What the health endpoint answered.

    Attributes:
        url: What was asked.
        status: HTTP status; 0 when nothing answered.
        detail: The answer or the failure, on one line.
    """

    url: str
    status: int
    detail: str

    @property
    def ok(self) -> bool:
        """Whether the API calls itself healthy."""
        return self.status == 200  # noqa: PLR2004 - HTTP OK


def read(cluster: Cluster, target: Target, *, health: Callable[[], Health], now: datetime) -> dict[str, Any]:
    """Read everything that tells how the API is.

    Args:
        cluster: Where it runs.
        target: Its names.
        health: Asks the health endpoint.
        now: The present.

    Raises:
        UnavailableError: The cluster does not answer.
    """
    snapshot = watch.read(cluster, target)
    live = snapshot.deployment or {}
    progress = deployment.progress(live)
    verdict, _ = judge(snapshot, Memory(), at_s=0.0)
    asked = health()
    hpa = _hpa(cluster, target)
    return {
        "release": {"version": version(live), "image": image(live, target.container)},
        "rollout": {"state": str(verdict.state), "reason": verdict.reason, "message": verdict.message},
        "run": _part(lambda: _run(cluster, target)),
        "replicas": {
            "desired": progress.desired if live else 0,
            "ready": progress.ready,
            "updated": progress.updated,
            "available": progress.available,
        },
        "hpa": hpa if "error" in hpa else _scaling(hpa),
        "overrides": _overrides(hpa, live, now),
        "troubles": troubles.read(cluster, target.namespace, hpa),
        "endpoints": _part(lambda: _endpoints(cluster, target)),
        "health": {"url": asked.url, "ok": asked.ok, "status": asked.status, "detail": asked.detail},
        "resources": _part(lambda: _resources(cluster, target, snapshot)),
        "restarts": {
            name(pod): sum(number(status, "restartCount") for status in statuses(pod)) for pod in snapshot.pods
        },
        "events": events.read(cluster, target, snapshot, well=verdict.state is State.HEALTHY),
    }


def _part(read_it: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read_it()
    except ApiError as error:
        return {"error": line(str(error))}


def _run(cluster: Cluster, target: Target) -> dict[str, Any]:
    return left.status(cluster.get(lease.API_VERSION, lease.KIND, lease.NAME, target.namespace))


def _hpa(cluster: Cluster, target: Target) -> dict[str, Any]:
    """The live autoscaler, or why there is none."""
    place = ("autoscaling/v2", "HorizontalPodAutoscaler", target.hpa, target.namespace)
    return _part(lambda: cluster.get(*place) or {"error": f"there is no HorizontalPodAutoscaler {target.hpa}"})


def _overrides(hpa: Manifest, deployment: Manifest, now: datetime) -> list[dict[str, Any]]:
    """What the objects say is overridden, over or not."""
    template = mapping(deployment, "spec", "template", "metadata")
    said = told(hpa=mapping(hpa, "metadata"), deployment=mapping(deployment, "metadata"), template=template)
    return [
        {
            **override.model_dump(mode="json"),
            "kind": kind,
            "left_s": round((override.expires - now).total_seconds()),
            "message": words(override, now),
        }
        for kind, override in Overrides.of(said).temporary().items()
    ]


def _scaling(live: Manifest) -> dict[str, Any]:
    currents = [_metric(entry) for entry in objects(live, "status", "currentMetrics")]
    current = {metric: _value(metric, mapping(detail, "current")) for metric, detail in currents}
    return {
        "min": number(live, "spec", "minReplicas"),
        "max": number(live, "spec", "maxReplicas"),
        "current": number(live, "status", "currentReplicas"),
        "desired": number(live, "status", "desiredReplicas"),
        "metrics": [
            {
                "name": metric,
                "current": current.get(metric, "unknown"),
                "target": _value(metric, mapping(detail, "target")),
            }
            for metric, detail in map(_metric, objects(live, "spec", "metrics"))
        ],
    }


def _metric(entry: Manifest) -> tuple[str, Manifest]:
    detail = mapping(entry, "resource") or mapping(entry, "containerResource")
    return text(detail, "name") or text(entry, "type"), detail


def _value(metric: str, amount: Manifest) -> str:
    if "averageUtilization" in amount:
        return f"{number(amount, 'averageUtilization')}% of the request"
    given = text(amount, "averageValue") or text(amount, "value")
    # The autoscaler writes an average of memory in thousandths of a byte.
    return quantities.format_mib(quantities.mib(given)) if metric == "memory" and given else given or "unknown"


def _endpoints(cluster: Cluster, target: Target) -> dict[str, Any]:
    labels = f"kubernetes.io/service-name={target.service}"
    slices = cluster.list("discovery.k8s.io/v1", "EndpointSlice", target.namespace, labels=labels)
    found = [endpoint for each in slices for endpoint in objects(each, "endpoints")]
    return {"ready": sum(mapping(each, "conditions").get("ready") is True for each in found), "total": len(found)}


def _resources(cluster: Cluster, target: Target, snapshot: Snapshot) -> dict[str, Any]:
    try:
        usages = cluster.list("metrics.k8s.io/v1beta1", "PodMetrics", target.namespace, labels=target.selector)
    except UnavailableError:  # the API server itself has just answered: what does not is the server behind this group
        return {"error": "metrics-server absent"}
    except ApiError as error:
        if error.status == _NOT_FOUND:
            return {"error": "metrics-server absent"}
        raise
    used = {name(usage): _sum(objects(usage, "containers"), "usage") for usage in usages}
    limits = {name(pod): _sum(objects(pod, "spec", "containers"), "resources", "limits") for pod in snapshot.pods}
    pods = {
        pod: {
            "cpu_millicores": cpu,
            "memory_mib": memory,
            "cpu_limit_millicores": limits[pod][0],
            "memory_limit_mib": limits[pod][1],
        }
        for pod, (cpu, memory) in used.items()
        if pod in limits
    }
    return {**{key: sum(pod[key] for pod in pods.values()) for key in _RESOURCE_KEYS}, "pods": pods}


_RESOURCE_KEYS = ("cpu_millicores", "cpu_limit_millicores", "memory_mib", "memory_limit_mib")


def _sum(containers: list[Manifest], *keys: str) -> tuple[int, int]:
    amounts = [mapping(container, *keys) for container in containers]
    return sum(_cpu(text(amount, "cpu")) for amount in amounts), sum(
        _memory(text(amount, "memory")) for amount in amounts
    )


def _cpu(amount: str) -> int:
    """Millicores, rounded up, of an amount as metrics-server writes it: also in billionths and millionths of a core."""
    if fine := _FINE_CPU.fullmatch(amount):
        return -(-int(fine[1]) // _PER_MILLICORE[fine[2]])
    return quantities.millicores(amount) if amount else 0


def _memory(amount: str) -> int:
    return quantities.mib(amount) if amount else 0
