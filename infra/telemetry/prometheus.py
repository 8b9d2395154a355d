"""Metrics from a Prometheus that scrapes the pods: PromQL over HTTP."""

from __future__ import annotations

import math
import os
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from infra.telemetry.exposition import is_error
from infra.telemetry.source import DURATION, REQUESTS, STARTED, Reading, Totals
from infra.telemetry.traffic import Traffic
from infra.telemetry.web import Refused, ask

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

TOKEN: Final = "PROMETHEUS_TOKEN"  # noqa: S105 - the variable's name
"""Bearer token, if the server wants one."""


class Prometheus:
    """A Prometheus server, or what speaks its API.

    Its series must carry `namespace` and `pod`, as those of the Prometheus operator and of the usual scrape
    configuration do. The counters themselves are asked for and not their rate: PromQL's `increase` extrapolates, and
    takes a restart for a count from zero.

    Args:
        url: The server, without `/api`.
        namespace: Where the pods are.
        ignored: Routes that do not count.
    """

    def __init__(self, url: str, namespace: str, *, ignored: Collection[str]) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/query"
        self._namespace, self._ignored = namespace, ignored

    def read(self, pods: Sequence[str]) -> Reading:
        """Ask for the newest samples, which are as old as the last scrape."""
        try:
            requests = self._sums(f"sum by (pod, status) ({REQUESTS}{self._of(pods, counted=True)})", "status")
            within = self._sums(f"sum by (pod, le) ({DURATION}_bucket{self._of(pods, counted=True)})", "le")
            began = self._sums(f"max by (pod) ({STARTED}{self._of(pods, counted=False)})", "pod")
        except Refused as error:
            return Reading(problems=(f"Prometheus: {error}",))
        except (LookupError, TypeError, ValueError) as error:
            return Reading(problems=(f"Prometheus: an answer of another form: {error!r}",))
        # A pod that answered nothing yet has no series of requests; that its process is scraped says that it is known.
        totals = {pod: _totals(requests[pod], within[pod], began[pod][pod]) for pod in pods if pod in began}
        missing = tuple(f"Prometheus: has no metrics of Pod/{pod}" for pod in pods if pod not in totals)
        return Reading(totals, missing)

    def _sums(self, query: str, label: str) -> dict[str, dict[str, float]]:
        headers = {"Authorization": f"Bearer {token}"} if (token := os.environ.get(TOKEN)) else {}
        answer = ask("POST", self._url, headers=headers, data={"query": query})
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for series in answer["data"]["result"]:
            labels: dict[str, Any] = series["metric"]
            found[labels["pod"]][labels.get(label, "")] = float(series["value"][1])
        return found

    def _of(self, pods: Sequence[str], *, counted: bool) -> str:
        names = "|".join(pod.replace(".", "[.]") for pod in pods)
        routes = "".join(f',route!="{route}"' for route in sorted(self._ignored)) if counted else ""
        return f'{{namespace="{self._namespace}",pod=~"{names}"{routes}}}'


def _totals(requests: dict[str, float], within: dict[str, float], began: float) -> Totals:
    buckets: Counter[float] = Counter({math.inf: 0})
    buckets.update({float(bound): round(count) for bound, count in within.items()})
    errors = sum(count for status, count in requests.items() if is_error(status))
    traffic = Traffic(round(sum(requests.values())), round(errors), dict(sorted(buckets.items())))
    return Totals(traffic, began)
