"""Answers as NerdGraph documents them: https://docs.newrelic.com/docs/apis/nerdgraph/examples/nerdgraph-nrql-tutorial/."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from infra.telemetry.new_relic import BOUNDS_S, KEY, NewRelic
from infra.telemetry.traffic import Proportion

if TYPE_CHECKING:
    from tests.telemetry.conftest import Service


def row(host: str, requests: int, errors: int, slow: int) -> dict[str, Any]:
    within = {f"within {bound}": requests - slow * (bound < 2) for bound in BOUNDS_S}
    return {"facet": host, "host": host, "requests": requests, "errors": errors, **within}


def found(*rows: dict[str, Any]) -> tuple[int, Any]:
    return 200, {"data": {"actor": {"account": {"nrql": {"results": list(rows)}}}}}


@pytest.fixture
def source(service: Service, monkeypatch: pytest.MonkeyPatch) -> NewRelic:
    monkeypatch.setenv(KEY, "NRAK-s3cret")
    return NewRelic(1234567, ignored=("/health", "/metrics"), url=f"{service.url}/graphql", now=lambda: 1795921557.5)


def test_transactions_of_each_pod(service: Service, source: NewRelic) -> None:
    service.answers = [found(row("a", 100, 10, 20))]
    reading = source.read(["a", "quiet"])
    traffic = reading.totals["a"].traffic
    assert (traffic.failed(), traffic.slower_than(1.0)) == (Proportion(10, 100), Proportion(20, 100))
    assert traffic.within[math.inf] == 100
    assert reading.problems == ("New Relic: has no transactions of Pod/quiet",)


def test_what_it_is_asked(service: Service, source: NewRelic) -> None:
    service.answers = [found()]
    source.read(["a", "b"])
    path, headers, body = service.asked[0]
    variables = json.loads(body)["variables"]
    assert (path, headers["API-Key"], variables["account"]) == ("/graphql", "NRAK-s3cret", 1234567)
    assert "host IN ('a', 'b') AND request.uri NOT IN ('/health', '/metrics')" in variables["nrql"]
    assert "SINCE 1795921557500 UNTIL NOW FACET host" in variables["nrql"]


def test_without_a_key_everything_is_unknown(source: NewRelic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    assert source.read(["a"]).problems == ("New Relic: no key; set NEW_RELIC_API_KEY to a user key",)


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"errors": [{"message": "NRQL Syntax Error"}], "data": None}),
        (403, {"errors": "NRAK-s3cret"}),
        (200, {"data": {"actor": {"account": None}}}),
        found({"facet": "a", "requests": 3}),
        (200, b"<html>"),
    ],
)
def test_what_is_no_answer_makes_every_pod_unknown(service: Service, source: NewRelic, answer: tuple[int, Any]) -> None:
    service.answers = [answer]
    reading = source.read(["a"])
    assert (reading.totals, len(reading.problems)) == ({}, 1)
    assert "s3cret" not in str(reading.problems)
