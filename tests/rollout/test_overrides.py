from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from infra.errors import PreconditionError
from infra.local.paths import ROOT
from infra.manifests.overrides import Overrides
from infra.rollout import overrides
from infra.rollout.overrides import Asked
from infra.settings import Settings, load

NOW = datetime(2026, 11, 29, 3, 0, 0, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
ASKED = Asked("INC-7", "me@here", NOW)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load("production", ROOT)


def refused(call: object) -> str:
    with pytest.raises(PreconditionError) as caught:
        call()  # type: ignore[operator]
    return str(caught.value)


def test_it_holds_four_hours_unless_told_otherwise(settings: Settings) -> None:
    asked = overrides.scale(settings, (5, 8), ASKED)
    assert (asked.since, asked.expires) == (NOW.replace(microsecond=0), NOW.replace(microsecond=0) + 4 * HOUR)
    longer = overrides.scale(settings, (5, 8), Asked("a", "b", NOW, "72h"))
    assert longer.expires - longer.since == 72 * HOUR


@pytest.mark.parametrize("term", ["73h", "0s", "4m59s", "4", "-1h", "for ever", ""])
def test_a_term_that_is_none_or_too_long_is_refused(settings: Settings, term: str) -> None:
    said = refused(lambda: overrides.scale(settings, (5, 8), Asked("a", "b", NOW, term)))
    assert said.startswith("--for: ")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_there_is_none(settings: Settings, reason: str) -> None:
    asked = Asked(reason, "b", NOW)
    for call in (
        lambda: overrides.scale(settings, (5, 8), asked),
        lambda: overrides.memory(settings, "2Gi", asked),
        lambda: overrides.restart(asked),
    ):
        assert refused(call).startswith("--reason: is empty")


@pytest.mark.parametrize(
    ("pods", "said"),
    [
        ((2, 8), "pods.min: 2 is below the minimum 3 (runbook, Resource Allocation); set at least 3"),
        ((3, 11), "pods.max: 11 is above the maximum 10 (runbook, Resource Allocation); set at most 10"),
        ((8, 5), "api.pods.min: 8 must be below api.pods.max (5); lower min or raise max"),
    ],
)
def test_bounds_that_are_not_the_runbooks_are_refused(settings: Settings, pods: tuple[int, int], said: str) -> None:
    assert refused(lambda: overrides.scale(settings, pods, ASKED)) == said


def test_more_pods_than_the_database_has_connections_for_are_refused(settings: Settings) -> None:
    pool = settings.database.pool.model_copy(update={"max": 400})
    tight = settings.model_copy(update={"database": settings.database.model_copy(update={"pool": pool})})
    assert "is above the 2990 of M30" in refused(lambda: overrides.scale(tight, (10, 10), ASKED))
    assert overrides.scale(tight, (5, 5), ASKED).pods.max == 5


def test_pinned_pods_need_no_room_but_still_let_a_drain_pass(settings: Settings) -> None:
    assert str(overrides.scale(settings, (4, 4), ASKED)) == "pinned at 4 pods"
    disruption = settings.api.disruption.model_copy(update={"max_unavailable": 4})
    greedy = settings.model_copy(update={"api": settings.api.model_copy(update={"disruption": disruption})})
    assert "api.disruption.max_unavailable" in refused(lambda: overrides.scale(greedy, (4, 4), ASKED))


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ("2049Mi", "memory: 2049Mi is above 2Gi (runbook, Out of Memory)"),
        ("1Gi", "memory: 1Gi is not above the declared limit of 1Gi"),
        ("2 GB", "memory: '2 GB' is not a memory quantity"),
    ],
)
def test_memory_is_more_than_declared_and_at_most_the_runbooks(settings: Settings, size: str, said: str) -> None:
    assert said in refused(lambda: overrides.memory(settings, size, ASKED))
    assert overrides.memory(settings, "2Gi", ASKED).limit_mib == 2048


def test_what_is_over_is_named_by_kind(settings: Settings) -> None:
    found = Overrides(
        scale=overrides.scale(settings, (5, 5), Asked("a", "b", NOW, "1h")),
        memory=overrides.memory(settings, "2Gi", ASKED),
        restart=overrides.restart(ASKED),
    )
    assert overrides.over(found, NOW + 0.9 * HOUR) == []
    assert overrides.over(found, NOW + HOUR) == ["scale"]
    assert overrides.over(found, NOW + 4 * HOUR) == ["scale", "memory"]


def test_words_say_what_until_when_who_and_why(settings: Settings) -> None:
    pinned = overrides.scale(settings, (5, 5), ASKED)
    assert overrides.words(pinned, NOW + HOUR) == (
        "pinned at 5 pods until 2026-11-29 07:00 UTC (3h left), by me@here: INC-7"
    )
    assert "(seconds left)" in overrides.words(pinned, NOW + 3.995 * HOUR)
    assert "(over)" in overrides.words(pinned, NOW + 5 * HOUR)


def test_a_plan_tells_what_the_next_update_keeps_and_drops(settings: Settings) -> None:
    found = Overrides(
        scale=overrides.scale(settings, (5, 5), Asked("a", "b", NOW, "1h")),
        memory=overrides.memory(settings, "2Gi", ASKED),
    )
    dropped, kept = overrides.kept(found, NOW + 2 * HOUR)
    assert dropped.startswith("  drops:   pinned at 5 pods until 2026-11-29 04:00 UTC (over)")
    assert kept.startswith("  keeps:   memory limit 2Gi until 2026-11-29 07:00 UTC (2h left)")
