"""What pods have answered: requests, errors and how long they took."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Proportion:
    """How many of how many.

    Attributes:
        part: Those that are meant, >= 0.
        whole: All of them, >= part.
    """

    part: int
    whole: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        """One phrase for a person."""
        return f"{100 * self.share:.2f}% ({self.part} of {self.whole})"


@dataclass(frozen=True)
class Traffic:
    """An amount of answered requests: of one pod or of several, since some moment.

    Attributes:
        requests: All of them, those of probes and of the metrics themselves left out.
        errors: Those that were answered with 5xx.
        within: By an upper bound in seconds, how many were answered within it: cumulative as a Prometheus histogram's
            buckets are, infinity included.
    """

    requests: int = 0
    errors: int = 0
    within: Mapping[float, int] = field(default_factory=dict)

    def since(self, earlier: Traffic) -> Traffic:
        """What was answered after an earlier state of the same counters; bounds that only one of them has are lost.

        Raises:
            ValueError: A counter went back, so it has begun anew and nobody knows what it lost.
        """
        # Buckets come into being with the first request.
        begun = earlier.within.get(math.inf, 0) > 0
        shared = self.within.keys() & earlier.within.keys() if begun else self.within.keys()
        within = {bound: self.within[bound] - earlier.within.get(bound, 0) for bound in sorted(shared)}
        passed = Traffic(self.requests - earlier.requests, self.errors - earlier.errors, within)
        if min(passed.requests, passed.errors, *within.values()) < 0:
            raise ValueError("a counter went back")
        return passed

    def failed(self) -> Proportion:
        """The requests that were answered with 5xx."""
        return Proportion(self.errors, self.requests)

    def slower_than(self, limit_s: float) -> Proportion | None:
        """The requests that took longer, by the first bucket that ends at the limit or after it.

        Returns:
            None when no bucket can tell.
        """
        bound = min((bound for bound in self.within if limit_s <= bound < math.inf), default=None)
        whole = self.within.get(math.inf)
        return None if bound is None or whole is None else Proportion(whole - self.within[bound], whole)

    def quantile_s(self, share: float) -> float | None:
        """The time within which that share was answered, interpolated in its bucket as PromQL does.

        Args:
            share: Such as 0.95.

        Returns:
            Seconds; the last finite bound when it lies above all of them; None without requests.
        """
        whole = self.within.get(math.inf, 0)
        below, count_below = 0.0, 0
        for bound, count in sorted(self.within.items()):
            if whole and count >= share * whole:
                if math.isinf(bound):
                    return below
                inside = count - count_below
                return below + (bound - below) * ((share * whole - count_below) / inside if inside else 1.0)
            below, count_below = bound, count
        return None

    def __str__(self) -> str:
        """One phrase for a person."""
        p95_s = self.quantile_s(0.95)
        took = "" if p95_s is None else f", p95 {1000 * p95_s:.0f}ms"
        return f"{self.requests} requests, errors {100 * self.failed().share:.2f}%{took}"


def total(parts: Iterable[Traffic]) -> Traffic:
    """All of them together; bounds that some of them lack are lost, which cumulative buckets allow."""
    known = [part for part in parts if part.within.get(math.inf)]
    shared = set[float].intersection(*(set(part.within) for part in known)) if known else set()
    return Traffic(
        sum(part.requests for part in known),
        sum(part.errors for part in known),
        {bound: sum(part.within[bound] for part in known) for bound in sorted(shared)},
    )
