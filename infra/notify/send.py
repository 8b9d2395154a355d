"""Sends what is to be told: all receivers at once, and no longer than a few seconds, whatever they do."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from infra.notify.news import Call, Delivery

LIMIT_S: Final = 5.0
_FIRST_REDIRECT: Final = 300
_OWN: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def send(deliveries: Iterable[Delivery], *, say: Callable[[str], None], limit_s: float = LIMIT_S) -> None:
    """Tell everybody; who could not be told is named on one line, without address or credential.

    Args:
        deliveries: What each receiver gets.
        say: Told of those who were not told.
        limit_s: How long it may take in all.
    """
    answers: queue.Queue[tuple[str, str]] = queue.Queue()
    waiting: set[str] = set()
    for each in deliveries:
        if each.missing:
            say(f"{each.to} is not told: ${each.missing} is not set")
            continue
        waiting.add(each.to)
        threading.Thread(target=_deliver, args=(each, answers, limit_s), daemon=True).start()
    deadline = time.monotonic() + limit_s
    while waiting:
        try:
            to, problem = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        waiting.discard(to)
        if problem:
            say(f"{to} is not told: {problem}")
    for to in sorted(waiting):
        say(f"{to} is not told: no answer within {limit_s:g} s")


def _deliver(delivery: Delivery, answers: queue.Queue[tuple[str, str]], limit_s: float) -> None:
    problem = ""
    for call in delivery.calls:
        problem = problem or _post(call, limit_s)
    answers.put((delivery.to, problem))


def _post(call: Call, limit_s: float) -> str:
    """Send one request; what went wrong, in words that hold nothing of the request, "" if nothing did."""
    import httpx

    try:
        own = urlsplit(call.url).hostname in _OWN
        answer = httpx.post(call.url, json=call.body, headers=dict(call.headers), timeout=limit_s, trust_env=not own)
    except Exception as error:  # noqa: BLE001 - whatever it is must not reach a deploy; its text may hold the address
        return type(error).__name__
    if answer.status_code >= _FIRST_REDIRECT:
        return f"HTTP {answer.status_code}"
    return "it answers with errors" if _has_errors(answer) else ""


def _has_errors(answer: httpx.Response) -> bool:
    """Whether a GraphQL server refused, which it does with a good status."""
    try:
        found = answer.json()
    except ValueError:
        return False
    return isinstance(found, dict) and bool(found.get("errors"))
