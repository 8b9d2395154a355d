"""Exact one-sided tests of proportions, which need no large numbers to be true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.telemetry.traffic import Proportion

_NEGLIGIBLE = 1e-17


def fisher_greater(one: Proportion, other: Proportion) -> float:
    """Fisher's exact test: how likely `one` has so large a part if both are drawn from the same.

    Given how many there are of the kind in both together, their number in `one` is hypergeometric.

    Returns:
        The probability of as many or more, from 0 to 1; 1 when one of them is empty.
    """
    drawn, kind, everything = one.whole, one.part + other.part, one.whole + other.whole
    if not one.part or not other.whole:
        return 1.0
    first = (
        _log_choose(kind, one.part) + _log_choose(everything - kind, drawn - one.part) - _log_choose(everything, drawn)
    )

    def ratio(found: int) -> float:
        return (kind - found) * (drawn - found) / ((found + 1) * (everything - kind - drawn + found + 1))

    return _tail(first, one.part, min(kind, drawn), ratio)


def binomial_greater(seen: Proportion, limit: float) -> float:
    """Exact binomial test: how likely so large a part is if the true share is the limit.

    Args:
        seen: What was counted.
        limit: A share, 0 < limit < 1.

    Returns:
        The probability of as many or more, from 0 to 1.
    """
    if not seen.part:
        return 1.0
    rest = seen.whole - seen.part
    first = _log_choose(seen.whole, seen.part) + seen.part * math.log(limit) + rest * math.log1p(-limit)
    odds = limit / (1 - limit)
    return _tail(first, seen.part, seen.whole, lambda found: (seen.whole - found) / (found + 1) * odds)


def _tail(log_first: float, start: int, end: int, ratio: Callable[[int], float]) -> float:
    """Sum the probabilities from `start` to `end`, each from the one before it by the ratio of the two."""
    log_term, terms = log_first, [log_first]
    for found in range(start, end):
        factor = ratio(found)
        log_term += math.log(factor)
        terms.append(log_term)
        if factor < 1 and log_term < max(log_first, terms[-2]) + math.log(_NEGLIGIBLE):
            break
    top = max(terms)
    return min(1.0, math.exp(top) * math.fsum(math.exp(term - top) for term in terms))


def _log_choose(all_of_them: int, some: int) -> float:
    return math.lgamma(all_of_them + 1) - math.lgamma(some + 1) - math.lgamma(all_of_them - some + 1)
