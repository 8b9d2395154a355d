from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra import atlas_api
from infra.errors import UnavailableError
from infra.local.paths import ROOT
from infra.operations import database
from infra.settings import load
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from infra.settings.model import Settings


class Answers(atlas_api.Atlas):
    """Answers by the end of the path."""

    def __init__(self, **answers: Any) -> None:
        super().__init__({})
        self.answers = answers

    def request(self, method: str, path: str, *_: Any, **__: Any) -> dict[str, Any]:
        assert method == "GET"
        found: dict[str, Any] = self.answers[path.rpartition("/")[2].replace("-", "_")]
        return found


def answers(**other: Any) -> Answers:
    points = [{"value": 12}, {"value": 40}, {"value": None}]
    process = {"id": "h:27017", "userAlias": "merchant-shard-00-00"}
    usual: dict[str, Any] = {
        "rez_local": {"id": "g"},
        "merchant": {"stateName": "IDLE", "mongoDBVersion": "7.0.42"},
        "processes": {"results": [process, {"id": "h:1", "userAlias": "other-shard-00-00"}]},
        "measurements": {"measurements": [{"dataPoints": points}]},
        "snapshots": {
            "results": [
                {"createdAt": "2026-01-01T00:00:00Z", "status": "completed"},
                {"createdAt": "2026-01-02T00:00:00Z", "status": "completed"},
                {"createdAt": "2026-01-03T00:00:00Z", "status": "failed"},
            ]
        },
    }
    return Answers(**usual | other)


@pytest.fixture
def settings_of_local() -> Settings:
    return load(LOCAL, ROOT)


def test_state_version_connections_and_the_last_backup_that_was_completed(settings_of_local: Settings) -> None:
    found = database.read(answers(), settings_of_local.database, limit=600)
    told = "IDLE: MongoDB 7.0.42, 40/600 connections (6%), last backup 2026-01-02T00:00:00Z"
    assert database.words(found) == told


def test_what_is_not_measured_is_unknown_and_no_zero(settings_of_local: Settings) -> None:
    nothing = answers(processes={"results": []}, snapshots={"results": []})
    found = database.read(nothing, settings_of_local.database, limit=600)
    assert database.words(found) == "IDLE: MongoDB 7.0.42, connections unknown, no backup yet"


def test_an_atlas_that_does_not_answer_hides_nothing_else(settings_of_local: Settings) -> None:
    class Silent(Answers):
        def request(self, *_: Any, **__: Any) -> dict[str, Any]:
            raise UnavailableError("Atlas does not answer")

    found = database.read(Silent(), settings_of_local.database, limit=600)
    assert database.words(found) == "unavailable: Atlas does not answer"
