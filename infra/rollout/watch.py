"""Follow a rollout without polling, and wait for an API server that is away for a while."""

from __future__ import annotations

import math
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
LEAST_S = 0.01
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


def follow(  # noqa: PLR0913 - what is watched, and the time it is watched by
    source: Source,
    target: Target,
    *,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    due: Callable[[], float] = lambda: math.inf,
    outage_limit_s: float = OUTAGE_LIMIT_S,
) -> Generator[tuple[float, Snapshot | None], None, None]:
    """Yield the moment and what lives at it, after every change, when one is due, and at least every second.

    While the API server does not answer there is nothing to judge by: None is yielded, and the moment stands still
    as statuses do.

    Args:
        source: The cluster.
        target: What is rolled out.
        say: Told when the API server goes and when it comes back.
        clock: Seconds that never go back.
        due: The moment that is waited for, asked after each look.
        outage_limit_s: How long the API server may be away.

    Raises:
        UnavailableError: It was away for longer.
        ApiError: It refuses to answer.
    """
    messages: queue.Queue[Message] = queue.Queue()
    stop = threading.Event()
    for query in queries(target):
        threading.Thread(target=pump, args=(source, target.namespace, query, messages.put, stop), daemon=True).start()
    store, lost_at, away_s, wait_s = Store(target), None, 0.0, TICK_S
    try:
        while True:
            _drain(messages, store, wait_s)
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
            began, at_s = time.perf_counter(), (now if lost_at is None else lost_at) - away_s
            yield at_s, store.snapshot() if store.synced() else None
            time.sleep(min(REST * (time.perf_counter() - began), TICK_S))
            wait_s = TICK_S
            if lost_at is None and at_s < (due_s := due()) < at_s + TICK_S:
                wait_s = max(due_s - at_s - (time.perf_counter() - began), LEAST_S)
    finally:
        stop.set()


def _drain(messages: queue.Queue[Message], store: Store, wait_s: float) -> None:
    try:
        store.take(messages.get(timeout=wait_s))
        while True:
            store.take(messages.get_nowait())
    except queue.Empty:
        return
