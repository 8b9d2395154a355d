"""Whatever is done to the ledger's objects shows, but for a cut or a new writing at its newest end."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import DriftFound, PreconditionError
from infra.rollout import chain, history, ledger
from infra.rollout.record import Record, name_of
from tests.rollout.conftest import FakeCluster

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = 5


@pytest.fixture(scope="module", autouse=True)
def few_are_kept() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "KEPT", KEPT)
        yield


def entry(version: str) -> Record:
    return Record(version, f"image@{version}", "deployed", "2026-11-23T21:00:00Z", "2026-11-23T21:01:00Z", "me", "why")


def written(count: int) -> FakeCluster:
    cluster = FakeCluster()
    for number in range(1, count + 1):
        ledger.add(cluster, "production", entry(f"v{number}"))
    return cluster


def broken(cluster: FakeCluster) -> str:
    return chain.first_break(ledger.links(cluster, "production"))


def head(cluster: FakeCluster) -> str:
    return history.verify(ledger.links(cluster, "production")).head


def without_a_chain(number: int) -> dict[str, Any]:
    live: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": name_of(number)}}
    data = {"version": f"v{number}", "image": "image@v", "outcome": "deployed", "started": "", "finished": ""}
    return {**live, "data": {**data, "by": "me", "reason": ""}}


@given(st.integers(0, 3 * KEPT))
def test_what_was_written_holds_pruned_or_not(count: int) -> None:
    cluster = written(count)
    assert broken(cluster) == ""
    assert len(cluster.config_maps) == min(count, KEPT)


@given(st.integers(1, 3 * KEPT), st.data())
def test_any_change_of_any_record_shows(count: int, data: st.DataObject) -> None:
    cluster = written(count)
    name = data.draw(st.sampled_from(sorted(cluster.config_maps)))
    changed = cluster.config_maps[name]["data"]
    key = data.draw(st.sampled_from([*sorted(changed), "added"]))
    value = data.draw(st.text(max_size=9).filter(lambda text: text != changed.get(key)))
    changed[key] = value
    assert name in broken(cluster)


@given(st.integers(1, 3 * KEPT), st.data())
def test_any_dropped_field_shows(count: int, data: st.DataObject) -> None:
    cluster = written(count)
    name = data.draw(st.sampled_from(sorted(cluster.config_maps)))
    changed = cluster.config_maps[name]["data"]
    del changed[data.draw(st.sampled_from(sorted(changed)))]
    assert name in broken(cluster)


@given(st.integers(2, 3 * KEPT), st.data())
def test_a_record_that_was_written_anew_with_a_right_hash_shows(count: int, data: st.DataObject) -> None:
    cluster = written(count)
    kept = head(cluster)
    name = data.draw(st.sampled_from(sorted(cluster.config_maps)))
    changed = cluster.config_maps[name]["data"]
    changed["by"] = "somebody else"
    changed[chain.HASH] = chain.digest(int(name.removeprefix("release-")), changed)
    with pytest.raises(DriftFound):
        history.verify(ledger.links(cluster, "production"), head=kept)


@given(st.integers(1, 3 * KEPT), st.data())
def test_any_removal_but_from_the_newest_end_is_named(count: int, data: st.DataObject) -> None:
    cluster = written(count)
    before = head(cluster)
    name = data.draw(st.sampled_from(sorted(cluster.config_maps)))
    del cluster.config_maps[name]
    if name == name_of(count):
        assert before not in [link.digest for link in ledger.links(cluster, "production")]
    else:
        assert str(int(name.removeprefix("release-"))) in broken(cluster)


@given(st.integers(2, 3 * KEPT), st.data())
def test_any_exchange_of_two_records_shows(count: int, data: st.DataObject) -> None:
    cluster = written(count)
    names = st.sampled_from(sorted(cluster.config_maps))
    one, other = data.draw(st.lists(names, min_size=2, max_size=2, unique=True))
    found = cluster.config_maps
    found[one]["data"], found[other]["data"] = found[other]["data"], found[one]["data"]
    assert broken(cluster)


@given(st.integers(1, 3 * KEPT), st.integers(1, 3))
def test_a_cut_at_the_newest_end_shows_against_a_head_kept_elsewhere(count: int, cut: int) -> None:
    cluster = written(count)
    kept = head(cluster)
    for name in sorted(cluster.config_maps)[-cut:]:
        del cluster.config_maps[name]
    with pytest.raises(DriftFound):
        history.verify(ledger.links(cluster, "production"), head=kept)


def test_a_head_that_was_kept_elsewhere_is_found_and_what_came_since_is_counted() -> None:
    cluster = written(3)
    kept = head(cluster)
    for number in range(4, 4 + KEPT):
        assert history.verify(ledger.links(cluster, "production"), head=kept).since_head == number - 4
        ledger.add(cluster, "production", entry(f"v{number}"))
    assert history.verify(ledger.links(cluster, "production"), head=kept).since_head == KEPT  # pruned, and anchored
    ledger.add(cluster, "production", entry("v9"))
    with pytest.raises(DriftFound, match="older than what is kept"):
        history.verify(ledger.links(cluster, "production"), head=kept)


def test_what_is_no_head_is_refused() -> None:
    with pytest.raises(PreconditionError, match="is no head"):
        history.verify([], head="12ab")


def test_a_stranger_with_the_ledgers_label_is_named() -> None:
    cluster = written(2)
    cluster.config_maps["mine"] = {"metadata": {"name": "mine"}, "data": {}}
    assert "mine: is no record" in broken(cluster)


def test_records_from_before_the_chain_are_told_apart_and_the_last_of_them_is_held() -> None:
    cluster = FakeCluster()
    cluster.config_maps = {name_of(number): without_a_chain(number) for number in (3, 4)}
    ledger.add(cluster, "production", entry("v5"))
    proof = history.verify(ledger.links(cluster, "production"))
    assert (proof.unproven, proof.oldest, proof.number) == (2, 3, 5)
    cluster.config_maps[name_of(4)]["data"]["by"] = "somebody else"
    assert name_of(4) in broken(cluster)


def test_a_record_without_a_hash_after_one_with_a_hash_is_broken() -> None:
    cluster = written(2)
    cluster.config_maps[name_of(3)] = without_a_chain(3)
    assert "has no hash" in broken(cluster)


def test_a_pruning_that_was_cut_short_is_finished_by_the_next_record() -> None:
    cluster = written(KEPT)
    oldest = copy.deepcopy(cluster.config_maps[name_of(1)])
    ledger.add(cluster, "production", entry("v6"))
    cluster.config_maps[name_of(1)] = oldest
    assert broken(cluster) == ""
    ledger.add(cluster, "production", entry("v7"))
    assert (broken(cluster), len(cluster.config_maps)) == ("", KEPT)
