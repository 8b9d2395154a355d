"""Traffic of pods over a window, from what a source tells of their counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.telemetry.source import Source, Totals
    from infra.telemetry.traffic import Traffic


class Meter:
    """Measures each pod from its first reading on.

    A pod whose counters began anew is unknown from then on: what it answered between the last reading and its restart
    nobody knows, and that is where its errors are.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._first: dict[str, Totals] = {}
        self._last: dict[str, Totals] = {}
        self._restarted: set[str] = set()
        self.problems: tuple[str, ...] = ()
        """Why pods are unknown, as of the last reading."""

    def read(self, pods: Sequence[str]) -> dict[str, Traffic]:
        """What each pod has answered since its first reading; a pod that is not in it is unknown."""
        reading = self._source.read(pods)
        known: dict[str, Traffic] = {}
        for pod in pods:
            now = reading.totals.get(pod)
            if now is not None and pod not in self._restarted:
                self._note(pod, now, known)
        restarts = (f"Pod/{pod}: its counters began anew" for pod in pods if pod in self._restarted)
        self.problems = (*reading.problems, *restarts)
        return known

    def _note(self, pod: str, now: Totals, known: dict[str, Traffic]) -> None:
        first, last = self._first.setdefault(pod, now), self._last.get(pod, now)
        self._last[pod] = now
        if now.began != first.began:
            self._restarted.add(pod)
            return
        try:
            now.traffic.since(last.traffic)
            known[pod] = now.traffic.since(first.traffic)
        except ValueError:
            self._restarted.add(pod)
