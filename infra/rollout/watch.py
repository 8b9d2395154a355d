"""Follow a rollout without polling, and wait for an API server that is away for a while."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from infra.errors import UnavailableError
from infra.rollout.feed import pump
from infra.rollout.store import Message, Store, queries

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from infra.rollout.feed import Source
    from infra.rollout.snapshot import Snapshot
    from infra.rollout.target import Target

OUTAGE_LIMIT_S = 90.0
TICK_S = 1.0
REST = 4.0
"""Rest of each look in looks: with a thousand pods changing one looks at many changes at once, not at each."""


def read(source: Source, target: Target) -> Snapshot:
    """Read everything once, now."""
    store = Store(target)
    for query in queries(target):
        items, _ = source.list_page(
            query.api_version, query.kind, target.namespace, labels=query.labels, fields=query.fields
        )
        store.take(Message(query.kind, "sync", tuple(item for item in items if query.matters(item))))
    return store.snapshot()


def follow(
    source: Source,
    target: Target,
    *,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    outage_limit_s: float = OUTAGE_LIMIT_S,
) -> Generator[tuple[float, Snapshot | None], None, None]:
    """Yield the moment and what lives at it, after every change and at least every second.

    While the API server does not answer there is nothing to judge by: None is yielded, and the moment stands still
    as statuses do.

    Args:
        source: The cluster.
        target: What is rolled out.
        say: Told when the API server goes and when it comes back.
        clock: Seconds that never go back.
        outage_limit_s: How long the API server may be away.

    Raises:
        UnavailableError: It was away for longer.
        ApiError: It refuses to answer.
    """
    messages: queue.Queue[Message] = queue.Queue()
    stop = threading.Event()
    for query in queries(target):
        threading.Thread(target=pump, args=(source, target.namespace, query, messages.put, stop), daemon=True).start()
    store, lost_at, away_s = Store(target), None, 0.0
    try:
        while True:
            _drain(messages, store)
            now = clock()
            if store.lost and lost_at is None:
                lost_at = now
                say(f"{next(iter(store.lost.values()))}; waiting up to {outage_limit_s:g} s for it")
            elif lost_at is not None and store.synced():
                say(f"the API server answers again after {now - lost_at:.0f} s")
                away_s += now - lost_at
                lost_at = None
            if lost_at is not None and now - lost_at > outage_limit_s:
                message = f"{next(iter(store.lost.values()))}; it was away for {now - lost_at:.0f} s"
                raise UnavailableError(message)
            began = time.perf_counter()
            yield (now if lost_at is None else lost_at) - away_s, store.snapshot() if store.synced() else None
            time.sleep(min(REST * (time.perf_counter() - began), TICK_S))
    finally:
        stop.set()


def _drain(messages: queue.Queue[Message], store: Store) -> None:
    try:
        store.take(messages.get(timeout=TICK_S))
        while True:
            store.take(messages.get_nowait())
    except queue.Empty:
        return
