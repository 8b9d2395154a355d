"""Everything a verdict looks at, at one moment: the Deployment, its ReplicaSets, their pods and events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from infra.manifests.names import VERSION_LABEL
from infra.rollout.live import mapping, name, objects, text, uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests import Manifest

_HASH = "pod-template-hash"


@dataclass(frozen=True)
class Snapshot:
    """Live objects of one moment; `deployment` is None when there is none, `job` also where none is looked for."""

    deployment: Manifest | None
    replica_sets: Sequence[Manifest] = ()
    pods: Sequence[Manifest] = ()
    events: Sequence[Manifest] = ()
    job: Manifest | None = None

    def newest(self) -> Manifest | None:
        """The ReplicaSet of the Deployment's present template, or None while the controller has not made it.

        The template is compared, not the revision: a watch may deliver the Deployment before the ReplicaSet.
        """
        template = mapping(self.deployment, "spec", "template")
        owned = [replica_set for replica_set in self.replica_sets if _owner(replica_set) == uid(self.deployment)]
        same = [replica_set for replica_set in owned if _template(replica_set) == template]
        return min(same, key=lambda found: (text(found, "metadata", "creationTimestamp"), name(found)), default=None)

    def pods_of(self, replica_set: Manifest | None) -> list[Manifest]:
        """The pods of a ReplicaSet that count: neither on their way out nor given up by their node."""
        if replica_set is None:
            return []
        return [
            pod
            for pod in self.pods
            if _owner(pod) == uid(replica_set) and not leaving(pod) and text(pod, "status", "phase") != "Failed"
        ]

    def leaving(self) -> int:
        """How many pods are on their way out; their room and quota will be free soon."""
        return sum(leaving(pod) for pod in self.pods)

    def events_of(self, live: Manifest, *reasons: str) -> list[Manifest]:
        """The events about an object that have one of the reasons, oldest first."""
        found = [event for event in self._events_by_uid.get(uid(live), ()) if text(event, "reason") in reasons]
        return sorted(found, key=lambda event: text(event, "lastTimestamp") or text(event, "eventTime"))

    @cached_property
    def _events_by_uid(self) -> dict[str, list[Manifest]]:
        """Looked through once for all pods: a thousand of them have thousands of events."""
        found: defaultdict[str, list[Manifest]] = defaultdict(list)
        for event in self.events:
            found[text(event, "involvedObject", "uid")].append(event)
        return found


def leaving(pod: Manifest) -> bool:
    """Whether a pod is being deleted."""
    return bool(text(pod, "metadata", "deletionTimestamp"))


def image(live: object, container: str) -> str:
    """The image that a Deployment's or ReplicaSet's template names for a container; "" when there is none."""
    containers = objects(mapping(live, "spec", "template", "spec"), "containers")
    return next((text(entry, "image") for entry in containers if entry.get("name") == container), "")


def version(live: object) -> str:
    """The version label of a template; "" when there is none."""
    return text(live, "spec", "template", "metadata", "labels", VERSION_LABEL)


def _owner(live: Manifest) -> str:
    owners = objects(live, "metadata", "ownerReferences")
    return next((text(owner, "uid") for owner in owners if owner.get("controller") is True), "")


def _template(replica_set: Manifest) -> Manifest:
    template = mapping(replica_set, "spec", "template")
    metadata = mapping(template, "metadata")
    labels = {key: value for key, value in mapping(metadata, "labels").items() if key != _HASH}
    return {**template, "metadata": {**metadata, "labels": labels}}
