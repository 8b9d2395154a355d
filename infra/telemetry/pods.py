"""Metrics from the pods themselves: `/metrics` through the API server's proxy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from infra.errors import RezError
from infra.telemetry import exposition
from infra.telemetry.source import Reading
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from infra.telemetry.source import Totals

_AT_ONCE = 8
_OK = 200


class Proxy(Protocol):
    """The part of `infra.cluster.Cluster` that reads pods."""

    def ask_pod(self, namespace: str, pod: str, port: int, path: str, *, timeout_s: float = 5.0) -> tuple[int, str]:
        """Status and body of a pod's answer."""


class Pods:
    """The pods' own pages.

    Args:
        proxy: The API server.
        namespace: Where the pods are.
        port: Where they listen.
        path: Of the page.
        ignored: Routes that do not count.
    """

    def __init__(self, proxy: Proxy, namespace: str, *, port: int, path: str, ignored: Collection[str]) -> None:
        self._proxy, self._namespace = proxy, namespace
        self._port, self._path, self._ignored = port, path, ignored

    def read(self, pods: Sequence[str]) -> Reading:
        """Ask all pods at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            answers = dict(zip(pods, pool.map(self._read_one, pods), strict=True))
        return Reading(
            {pod: answer for pod, answer in answers.items() if not isinstance(answer, str)},
            tuple(f"Pod/{pod}{self._path}: {answer}" for pod, answer in answers.items() if isinstance(answer, str)),
        )

    def _read_one(self, pod: str) -> Totals | str:
        """The pod's counters, or why there are none."""
        try:
            status, page = self._proxy.ask_pod(self._namespace, pod, self._port, self._path)
            return exposition.parse(page, ignored=self._ignored) if status == _OK else f"HTTP {status}"
        except (RezError, ValueError) as error:
            return line(error)
