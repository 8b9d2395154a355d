from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.telemetry.exact import binomial_greater, fisher_greater
from infra.telemetry.traffic import Proportion

PROPORTIONS = st.integers(0, 80).flatmap(
    lambda whole: st.builds(Proportion, part=st.integers(0, whole), whole=st.just(whole))
)


def fisher_by_definition(one: Proportion, other: Proportion) -> Fraction:
    kind, everything = one.part + other.part, one.whole + other.whole
    ways = [comb(kind, x) * comb(everything - kind, one.whole - x) for x in range(one.part, min(kind, one.whole) + 1)]
    return Fraction(sum(ways), comb(everything, one.whole))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Proportion(3, 4), Proportion(1, 4), 17 / 70),  # Fisher, The Design of Experiments: the lady tasting tea
        (Proportion(4, 4), Proportion(0, 4), 1 / 70),
        (Proportion(10, 13), Proportion(2, 17), 0.0004652),  # Fisher's criminal twins, as R's fisher.test gives it
        (Proportion(0, 10), Proportion(5, 10), 1.0),
        (Proportion(5, 10), Proportion(0, 0), 1.0),
    ],
)
def test_known_values_of_fishers_test(one: Proportion, other: Proportion, expected: float) -> None:
    assert fisher_greater(one, other) == pytest.approx(expected, rel=1e-3)


@given(PROPORTIONS, PROPORTIONS)
def test_fishers_test_is_what_its_definition_says(one: Proportion, other: Proportion) -> None:
    assert fisher_greater(one, other) == pytest.approx(float(fisher_by_definition(one, other)), rel=1e-9)


@given(PROPORTIONS, st.sampled_from([0.001, 0.01, 0.05, 0.5]))
def test_the_binomial_test_is_what_its_definition_says(seen: Proportion, limit: float) -> None:
    share = Fraction(limit)
    exact = sum(
        comb(seen.whole, x) * share**x * (1 - share) ** (seen.whole - x) for x in range(seen.part, seen.whole + 1)
    )
    assert binomial_greater(seen, limit) == pytest.approx(float(exact), rel=1e-9)


def test_a_million_requests_are_tested_in_no_time() -> None:
    assert fisher_greater(Proportion(10_000, 1_000_000), Proportion(30_000, 3_000_000)) == pytest.approx(0.5, abs=0.01)
    assert binomial_greater(Proportion(50_000, 1_000_000), 0.05) == pytest.approx(0.5, abs=0.01)
    assert fisher_greater(Proportion(12_000, 1_000_000), Proportion(30_000, 3_000_000)) < 1e-50
