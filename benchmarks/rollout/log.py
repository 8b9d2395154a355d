"""What a replay's API server showed, with the moment it was seen: one watch of each kind for all namespaces."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.rollout.world import NAME
from infra.errors import UnavailableError
from infra.rejection import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cluster import Cluster

_WATCH_S = 3600.0


@dataclass(frozen=True)
class Seen:
    """An object at one moment.

    Attributes:
        at_s: Seconds of `time.monotonic`.
        gone: It was deleted.
    """

    at_s: float
    kind: str
    live: dict[str, Any]
    gone: bool = False


class Log:
    """Everything seen so far, by namespace."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, list[Seen]] = defaultdict(list)

    def of(self, namespace: str, since_s: float = 0.0) -> list[Seen]:
        """What was seen of a namespace from a moment on."""
        return [seen for seen in list(self._seen[namespace]) if seen.at_s >= since_s]

    def latest(self, namespace: str, kind: str) -> list[dict[str, Any]]:
        """The objects of a kind that live now."""
        found: dict[str, dict[str, Any]] = {}
        for seen in self.of(namespace):
            if seen.kind == kind:
                found.pop(seen.live["metadata"]["uid"], None)
                if not seen.gone:
                    found[seen.live["metadata"]["uid"]] = seen.live
        return list(found.values())

    def follow(self, cluster: Cluster, api_version: str, kind: str) -> None:
        """Write down until the cluster ends."""
        try:
            version = cluster.list_page(api_version, kind, labels=f"app={NAME}")[1]
            for what, live in cluster.watch(
                api_version, kind, labels=f"app={NAME}", resource_version=version, timeout_s=_WATCH_S
            ):
                if what != "BOOKMARK":
                    namespace = live["metadata"]["namespace"]
                    self._seen[namespace].append(Seen(time.monotonic(), kind, live, what == "DELETED"))
        except (UnavailableError, ApiError):
            return


@contextmanager
def logging(cluster: Cluster, kinds: list[tuple[str, str]]) -> Iterator[Log]:
    """A log of these kinds, each an apiVersion and a kind."""
    log = Log()
    for api_version, kind in kinds:
        threading.Thread(target=log.follow, args=(cluster, api_version, kind), daemon=True).start()
    time.sleep(1)  # the lists
    yield log
