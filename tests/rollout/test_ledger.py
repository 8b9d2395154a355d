from __future__ import annotations

from typing import Any

import pytest

from infra.manifests.release import Release
from infra.rejection import ApiError
from infra.rollout import ledger
from infra.rollout.ledger import Outcome, Record


def record(version: str, outcome: Outcome = "deployed", number: int = 0) -> Record:
    return Record(
        version, f"image@{version}", outcome, "2026-11-23T21:00:00Z", "2026-11-23T21:01:00Z", "me", "why", number
    )


def history(*entries: tuple[str, Outcome]) -> list[Record]:
    return [record(version, outcome, number) for number, (version, outcome) in enumerate(entries, start=1)]


def test_a_record_survives_its_config_map() -> None:
    written = record("v2", number=12)
    manifest = ledger.manifest(written, "production")
    assert manifest["metadata"]["name"] == "release-000012"
    assert manifest["immutable"] is True
    assert ledger.parse(manifest) == written


@pytest.mark.parametrize(
    "junk", [{}, {"metadata": {"name": "release-x"}}, {"metadata": {"name": "release-1"}, "data": None}]
)
def test_what_is_no_record_is_left_out(junk: dict[str, Any]) -> None:
    assert ledger.parse(junk) is None


def test_last_good_is_the_newest_that_served() -> None:
    found = history(("v1", "deployed"), ("v2", "deployed"), ("v3", "rolled-back"))
    assert ledger.last_good(found, other_than=None) == Release("v2", "image@v2")
    assert ledger.last_good(found, other_than=Release("v2", "image@v2")) == Release("v1", "image@v1")


def test_a_release_that_was_taken_back_later_is_not_good() -> None:
    found = history(("v1", "deployed"), ("v2", "deployed"), ("v2", "rolled-back"), ("v1", "deployed"))
    assert ledger.good(found) == [Release("v1", "image@v1")]


def test_records_are_numbered_and_pruned(stage: Any) -> None:
    for number in range(1, ledger.KEPT + 4):
        assert ledger.add(stage.cluster, "production", record(f"v{number}")).number == number
    kept = ledger.records(stage.cluster, "production")
    assert [kept[0].number, kept[-1].number, len(kept)] == [4, 53, 50]


def test_two_writers_get_two_numbers(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    create, taken = stage.cluster.create, []

    def late(manifest: dict[str, Any], **_: Any) -> Any:
        if not taken:
            taken.append(create({**manifest, "data": {**manifest["data"], "version": "other"}}))
        return create(manifest)

    monkeypatch.setattr(stage.cluster, "create", late)
    assert ledger.add(stage.cluster, "production", record("v2")).number == 2
    assert [entry.version for entry in ledger.records(stage.cluster, "production")] == ["other", "v2"]


def test_a_ledger_that_may_not_be_written_says_so(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ApiError("configmaps is forbidden", status=403, reason="Forbidden")

    monkeypatch.setattr(stage.cluster, "create", refuse)
    with pytest.raises(ApiError, match="forbidden"):
        ledger.add(stage.cluster, "production", record("v2"))
