"""One kind's list and watches as messages, by a thread that outlives disconnects and an expired resourceVersion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from infra.errors import UnavailableError
from infra.rejection import ApiError
from infra.rollout.live import name, text
from infra.rollout.store import Message

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from infra.manifests import Manifest
    from infra.rollout.store import Query

WATCH_S = 30.0
"""A connection that died without a word is noticed this late, and a few seconds more."""

PAUSE_S = 1.0
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 5.0)
_GONE = 410
_SERVER_ERRORS = 500
_THROTTLED = 429


class Source(Protocol):
    """The reading part of `infra.cluster.Cluster`."""

    def list_page(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> tuple[list[Manifest], str]:
        """Live objects and the resourceVersion to watch from."""

    def watch(  # noqa: PLR0913 - the selectors of a list
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        *,
        labels: str = "",
        fields: str = "",
        resource_version: str,
        timeout_s: float,
    ) -> Iterator[tuple[str, Manifest]]:
        """Changes since a resourceVersion."""


def pump(source: Source, namespace: str, query: Query, put: Callable[[Message], None], stop: threading.Event) -> None:
    """List and watch one kind until told to stop; what comes is put as messages."""
    failures = 0
    while not stop.is_set():
        try:
            for message in _stream(source, namespace, query, stop):
                failures = 0
                put(message)
        except (ApiError, UnavailableError) as error:
            if isinstance(error, ApiError) and error.status == _GONE:
                stop.wait(BACKOFF_S[0])  # a server that forgets at once must not be hammered with lists
                continue
            if isinstance(error, ApiError) and error.status < _SERVER_ERRORS and error.status != _THROTTLED:
                put(Message(query.kind, "fatal", error=error))
                return
            put(Message(query.kind, "lost", error=error))
            stop.wait(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
            failures += 1
        except Exception as error:  # noqa: BLE001 - a thread's defect must end the command, not hang it
            put(Message(query.kind, "fatal", error=error))
            return


def _stream(source: Source, namespace: str, query: Query, stop: threading.Event) -> Iterator[Message]:
    items, version = source.list_page(
        query.api_version, query.kind, namespace, labels=query.labels, fields=query.fields
    )
    yield Message(query.kind, "sync", tuple(item for item in items if query.matters(item)))
    while not stop.is_set():
        changes = source.watch(
            query.api_version,
            query.kind,
            namespace,
            labels=query.labels,
            fields=query.fields,
            resource_version=version,
            timeout_s=WATCH_S,
        )
        quiet = True
        for what, item in changes:
            quiet = False
            version = text(item, "metadata", "resourceVersion") or version
            if what != "BOOKMARK" and name(item) and query.matters(item):
                yield Message(query.kind, "change", (item,), deleted=what == "DELETED")
            if stop.is_set():
                return
        if quiet:
            stop.wait(PAUSE_S)  # a server that ends watches at once must not be hammered
