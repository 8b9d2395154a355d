"""A load of short connections, each of one request, through whatever the address leads to."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from typing import Self
from urllib.parse import urlsplit

RATE = 250
"""Requests a second that are meant; 200 of them have to come."""

_THREADS = 16
_TIMEOUT_S = 10.0


class Load:
    """Requests at a steady rate while the block lasts, late ones at once; every failure is kept.

    Attributes:
        requests: How many were answered or failed.
        failures: What each failed one said, when it was begun, and for how long it was waited for.
    """

    def __init__(self, url: str, rate: int = RATE) -> None:
        address = urlsplit(url)
        self.requests = 0
        self.failures: list[str] = []
        self._host, self._path, self._rate = address.netloc, address.path or "/", rate
        self._tickets = itertools.count()  # a count's next() is one step for all threads
        self._stop, self._counting = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(_THREADS)]
        self._began_s = self._ended_s = 0.0

    @property
    def per_s(self) -> float:
        """Requests a second, until now or until the end."""
        return self.requests / ((self._ended_s or time.monotonic()) - self._began_s)

    def _run(self) -> None:
        while not self._stop.wait(max(0.0, self._began_s + next(self._tickets) / self._rate - time.monotonic())):
            asked_s = time.monotonic()
            try:
                failure = self._ask()
            except (OSError, http.client.HTTPException) as error:
                failure = repr(error)
            waited_s = time.monotonic() - asked_s
            with self._counting:
                self.requests += 1
                if failure:
                    self.failures.append(f"{asked_s - self._began_s:.1f} s, after {waited_s:.2f} s: {failure}")

    def _ask(self) -> str:
        connection = http.client.HTTPConnection(self._host, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", self._path, headers={"Connection": "close"})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        return "" if answer.status == http.client.OK else f"{answer.status} {said[:80].decode(errors='replace')}"

    def __enter__(self) -> Self:
        self._began_s = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._ended_s = time.monotonic()
