"""How the cache is: state, slots, memory, hit rate, certificate; nothing is touched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from infra.errors import UnavailableError
from infra.manifests.redis import names
from infra.rejection import ApiError
from infra.rollout.live import mapping, name, number, text
from infra.settings.model import NAMESPACE
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.manifests import Manifest

NOTICE: Final = timedelta(days=30)
"""So long before its end the certificate is warned of."""

_SLOTS: Final = 16384
_MIB: Final = 1024 * 1024


class Cluster(Protocol):
    """The part of `infra.cluster.Cluster` that this needs."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """A live object."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int = 50) -> str:
        """The last lines of a container."""


def read(cluster: Cluster) -> dict[str, Any]:
    """Read it from what the pods tell in their logs, twice a minute: nobody needs a shell in them.

    Returns:
        Nothing where no cache is declared; ``error``, on one line, where nothing can be read; else ``pods``, ``ready``
        and ``certificate_ends`` (a date or None), and once pods have told it ``state``, ``slots``, ``version``,
        ``masters`` (pods), ``memory_used_mib`` and ``memory_limit_mib`` (of all masters) and ``hit_percent`` (None
        before the first question).
    """
    try:
        found = cluster.get("apps/v1", "StatefulSet", names.APP, NAMESPACE)
        if found is None:
            return {}
        pods = cluster.list("v1", "Pod", NAMESPACE, labels=f"app={names.APP}")
        told = {name(pod): _told(cluster, pod) for pod in pods}
    except (ApiError, UnavailableError) as error:
        return {"error": line(error)}
    ends = text(mapping(found, "metadata", "annotations"), names.CERTIFICATE_ENDS)
    ready = number(mapping(found, "status"), "readyReplicas")
    return {
        "pods": number(mapping(found, "spec"), "replicas"),
        "ready": ready,
        "certificate_ends": ends or None,
        **summary({pod: each for pod, each in told.items() if each}),
    }


def summary(told: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What the pods told, together.

    Args:
        told: Fields of Redis' own ``INFO`` and ``CLUSTER INFO``, by pod.
    """
    if not told:
        return {}
    masters = {pod: each for pod, each in sorted(told.items()) if each.get("role") == "master"}
    hits, misses = (_total(masters.values(), f"keyspace_{what}") for what in ("hits", "misses"))
    return {
        "state": "ok" if {each.get("cluster_state") for each in told.values()} == {"ok"} else "fail",
        "slots": min(int(each.get("cluster_slots_ok", 0)) for each in told.values()),
        "version": max(each.get("redis_version", "") for each in told.values()),
        "masters": list(masters),
        "memory_used_mib": _total(masters.values(), "used_memory") // _MIB,
        "memory_limit_mib": _total(masters.values(), "maxmemory") // _MIB,
        "hit_percent": 100 * hits // (hits + misses) if hits + misses else None,
    }


def words(found: dict[str, Any]) -> str:
    """What was read, for a person."""
    if not found:
        return "none here"
    if "error" in found:
        return f"unavailable: {found['error']}"
    pods = f"{found['ready']}/{found['pods']} pods ready"
    if "state" not in found:
        return f"{pods}, which have told nothing yet"
    used, limit, hits = found["memory_used_mib"], found["memory_limit_mib"], found["hit_percent"]
    share = f" ({100 * used // limit}%)" if limit else ""
    rate = "not asked yet" if hits is None else f"{hits}% hits"
    ends = found["certificate_ends"]
    until = f", certificate until {ends}" if ends else ""
    slots = f"{found['slots']}/{_SLOTS} slots"
    return f"{found['state']}: Redis {found['version']}, {pods}, {slots}, {used}/{limit} MiB{share}, {rate}{until}"


def certificate_verdict(found: dict[str, Any], today: date) -> str:
    """One line of warning; "" while the certificate's end is not near, or nobody knows it.

    Args:
        found: What was read.
        today: The day to judge by.
    """
    ends = found.get("certificate_ends")
    if not ends or today + NOTICE < date.fromisoformat(ends):
        return ""
    when = "ends" if today <= date.fromisoformat(ends) else "ended"
    return f'the certificate {when} on {ends}: README.md, "The cache\'s certificate", says how to renew it'


def _told(cluster: Cluster, pod: Manifest) -> dict[str, str]:
    try:
        lines = cluster.logs(NAMESPACE, name(pod), "peers").splitlines()
    except ApiError:  # it has not started yet
        return {}
    last = next((each for each in reversed(lines) if each.startswith("status ")), "")
    return dict(part.split(":", 1) for part in last.split()[1:] if ":" in part)


def _total(told: Iterable[dict[str, str]], field: str) -> int:
    return sum(int(each.get(field, 0)) for each in told)
