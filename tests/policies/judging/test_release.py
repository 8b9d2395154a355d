"""The release gate (row C08)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cluster.version import older
from policies.coverage import ROWS
from policies.judging.release import judge_release

ORDER = [
    "v1.2.2",
    "v1.2.3-alpha",
    "v1.2.3-alpha.1",
    "v1.2.3-alpha.beta",
    "v1.2.3-beta.2",
    "v1.2.3-beta.11",
    "v1.2.3-rc.1",
    "v1.2.3",
    "v1.10",
    "v2",
]


def test_older_version_that_the_ledger_does_not_know_is_refused() -> None:
    (found,) = judge_release("v1.9.0", "v1.10.0", ["v1.8.0"], stack="production")
    assert found.rule.id == next(row.rule for row in ROWS if row.id == "C08")
    assert found.message == (
        "Release v1.9.0: version is v1.9.0, must not be older than v1.10.0, which runs, unless the ledger knows it"
    )


@pytest.mark.parametrize(
    ("candidate", "running", "known", "stack"),
    [
        ("v1.9.0", "v1.10.0", ["v1.9.0"], "production"),  # a rollback
        ("v1.10.0", "v1.10.0", [], "production"),
        ("v2", "v1.10.0", [], "production"),
        ("v1.9.0", "", [], "production"),  # nothing runs
        ("v1.9.0", "main-3f2a1bc", [], "production"),
        ("20261123", "v2", [], "production"),
        ("v1.9.0", "v1.10.0", [], "local"),
    ],
)
def test_newer_known_and_incomparable_versions_pass(candidate: str, running: str, known: list[str], stack: str) -> None:
    assert judge_release(candidate, running, known, stack=stack) == []


def test_versions_are_ordered_as_semantic_versioning_orders_them() -> None:
    for index, one in enumerate(ORDER):
        assert [other for other in ORDER if older(one, other)] == ORDER[index + 1 :]


def test_missing_numbers_are_zero() -> None:
    assert not older("v2", "v2.0.0")
    assert not older("v2.0.0", "v2")


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_texts_can_be_asked_for(one: str, other: str) -> None:
    assert not (older(one, other) and older(other, one))
