"""Metrics from New Relic: transactions by NRQL, over NerdGraph."""

from __future__ import annotations

import math
import os
import time
from typing import TYPE_CHECKING, Any, Final

from infra.telemetry.source import Reading, Totals
from infra.telemetry.traffic import Traffic
from infra.telemetry.web import Refused, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

KEY: Final = "NEW_RELIC_API_KEY"
"""User key; the license key of the agents cannot read."""

URLS: Final = {"us": "https://api.newrelic.com/graphql", "eu": "https://api.eu.newrelic.com/graphql"}

BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
"""Durations that transactions are counted by: those of the app's own histogram."""

_GRAPHQL: Final = """\
query ($account: Int!, $nrql: Nrql!) {
  actor { account(id: $account) { nrql(query: $nrql, timeout: 20) { results } } }
}"""
_FAILED: Final = "numeric(httpResponseCode) >= 500 OR numeric(http.statusCode) >= 500"


class NewRelic:
    """New Relic's APM, whose agents call a pod's transactions by its host name, which is the pod's name.

    It counts from its own making on, and is as late as the agents report: up to a minute. Where agents report a sample
    of the transactions, the numbers are the sample's, and their shares hold.

    Args:
        account: The account's number.
        ignored: Routes that do not count.
        url: NerdGraph's address.
        now: Seconds since 1970.
    """

    def __init__(
        self, account: int, *, ignored: Collection[str], url: str, now: Callable[[], float] = time.time
    ) -> None:
        self._account, self._ignored, self._url = account, ignored, url
        self._since_ms = int(1000 * now())

    def read(self, pods: Sequence[str]) -> Reading:
        """Count the transactions of each pod; one without any is unknown: nobody can tell whether it reports."""
        key = os.environ.get(KEY)
        if not key:
            return Reading(problems=(f"New Relic: no key; set {KEY} to a user key",))
        variables = {"account": self._account, "nrql": self._nrql(pods)}
        try:
            answer = ask("POST", self._url, headers={"API-Key": key}, json={"query": _GRAPHQL, "variables": variables})
            if problems := answer.get("errors"):
                return Reading(problems=tuple(f"New Relic: {each['message']}" for each in problems))
            rows = answer["data"]["actor"]["account"]["nrql"]["results"]
            totals = {_host(row): Totals(_traffic(row), float(self._since_ms)) for row in rows}
        except Refused as error:
            return Reading(problems=(f"New Relic: {error}",))
        except (LookupError, TypeError, ValueError) as error:
            return Reading(problems=(f"New Relic: an answer of another form: {error!r}",))
        missing = tuple(f"New Relic: has no transactions of Pod/{pod}" for pod in pods if pod not in totals)
        return Reading({pod: totals[pod] for pod in pods if pod in totals}, missing)

    def _nrql(self, pods: Sequence[str]) -> str:
        within = ", ".join(f"filter(count(*), WHERE duration <= {bound}) AS 'within {bound}'" for bound in BOUNDS_S)
        return (
            f"SELECT count(*) AS 'requests', filter(count(*), WHERE {_FAILED}) AS 'errors', {within} FROM Transaction "  # noqa: S608 - pods' names and checked paths
            f"WHERE transactionType = 'Web' AND host IN ({_quoted(pods)}) AND request.uri NOT IN "
            f"({_quoted(sorted(self._ignored))}) SINCE {self._since_ms} UNTIL NOW FACET host LIMIT MAX"
        )


def _quoted(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'" for word in words)


def _host(row: dict[str, Any]) -> str:
    facet = row["facet"]
    return str(facet[0] if isinstance(facet, list) else facet)


def _traffic(row: dict[str, Any]) -> Traffic:
    requests = int(row["requests"])
    within = {bound: int(row[f"within {bound}"]) for bound in BOUNDS_S}
    return Traffic(requests, int(row["errors"]), within | {math.inf: requests})
