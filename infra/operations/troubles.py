"""What is wrong with what the API leans on: its autoscaler, disruption budgets, claims for storage, StatefulSets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from infra.rejection import ApiError
from infra.rollout import claim, hpa, pdb, statefulset
from infra.rollout.live import name, text
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest
    from infra.rollout.finding import Finding


class Cluster(Protocol):
    """The part of `infra.cluster.Cluster` that is needed here."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""


def read(cluster: Cluster, namespace: str, autoscaler: Manifest) -> list[dict[str, Any]]:
    """Everything that is not as it should be, however long it has been so.

    Args:
        cluster: Where.
        namespace: Whose objects.
        autoscaler: The live autoscaler, read already; anything else shows nothing.

    Returns:
        About which object, the reason in one word, and a line for a person.

    Raises:
        UnavailableError: The cluster does not answer.
    """
    found = [_told(finding) for finding in hpa.findings(autoscaler)]
    for api_version, kind in _JUDGED:
        try:
            found += [_told(finding) for finding in _judged(cluster, namespace, api_version, kind)]
        except ApiError as error:
            found.append({"about": kind, "reason": "unreadable", "message": line(str(error))})
    return found


_JUDGED = (("policy/v1", "PodDisruptionBudget"), ("apps/v1", "StatefulSet"), ("v1", "PersistentVolumeClaim"))


def _judged(cluster: Cluster, namespace: str, api_version: str, kind: str) -> Iterator[Finding]:
    lives = cluster.list(api_version, kind, namespace)
    if kind == "PodDisruptionBudget":
        yield from (finding for live in lives for finding in pdb.findings(live))
    elif kind == "StatefulSet":
        yield from (finding for live in lives for finding in statefulset.findings(live))
    elif lives:
        said = cluster.list("v1", "Event", namespace, fields=f"involvedObject.kind={kind}")
        said = sorted(said, key=lambda event: text(event, "lastTimestamp") or text(event, "eventTime"))
        for live in lives:
            about = [event for event in said if text(event, "involvedObject", "name") == name(live)]
            yield from claim.findings(live, about)


def _told(finding: Finding) -> dict[str, Any]:
    return {"about": finding.evidence.about, "reason": finding.reason, "message": finding.message}
