from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.cli import app as tree
from infra.cli import stack as stacks
from infra.errors import DriftFound
from infra.rollout import ledger
from infra.rollout.record import Record, name_of
from tests.rollout.conftest import FakeCluster


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> FakeCluster:
    found = FakeCluster()
    monkeypatch.setattr(stacks, "connect", lambda _: found)
    return found


@pytest.fixture
def released(cluster: FakeCluster) -> FakeCluster:
    for version, outcome in (("v1", "deployed"), ("v2", "rolled-back")):
        ledger.add(
            cluster,
            "production",
            Record(version, f"image@{version}", outcome, "2026-11-23T21:00:00Z", "2026-11-23T21:01:05Z", "me", "why"),  # type: ignore[arg-type]
        )
    return cluster


def rez(*args: str) -> Any:
    return CliRunner().invoke(tree.app, ["history", *args], catch_exceptions=True)


@pytest.mark.usefixtures("released")
def test_the_newest_release_comes_first_and_says_how_it_ended() -> None:
    title, newest, oldest = rez("--stack", "local").stdout.splitlines()
    assert title.split() == ["no", "version", "outcome", "finished", "took", "by", "why"]
    assert newest.split()[:3] == ["2", "v2", "rolled-back"]
    assert "65 s" in newest
    assert oldest.split()[1] == "v1"


@pytest.mark.usefixtures("released")
def test_the_releases_as_json_have_their_hashes() -> None:
    newest, oldest = json.loads(rez("--stack", "local", "--json").stdout)["releases"]
    assert (newest["number"], newest["outcome"], newest["seconds"]) == (2, "rolled-back", 65.0)
    assert newest["previous"] == oldest["hash"]


@pytest.mark.usefixtures("cluster")
def test_an_empty_ledger_is_no_error() -> None:
    assert "no release is recorded yet" in rez("--stack", "local").stdout
    assert "nothing to verify" in rez("verify", "--stack", "local").stdout


def test_the_head_is_printed_with_what_it_does_not_prove(released: FakeCluster) -> None:
    said = rez("--stack", "local", "verify").stdout
    assert f"head {released.config_maps[name_of(2)]['data']['hash']}" in said
    assert "keep the head elsewhere" in said
    proof = json.loads(rez("verify", "--stack", "local", "--json").stdout)
    assert rez("verify", "--stack", "local", "--head", proof["head"]).exit_code == 0


def test_the_first_broken_record_is_named(released: FakeCluster) -> None:
    released.config_maps[name_of(1)]["data"]["by"] = "nobody"
    failure = rez("verify", "--stack", "local").exception
    assert isinstance(failure, DriftFound)
    assert name_of(1) in str(failure)
