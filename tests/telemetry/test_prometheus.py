"""Answers as Prometheus documents them: https://prometheus.io/docs/prometheus/latest/querying/api/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from infra.telemetry.prometheus import TOKEN, Prometheus
from infra.telemetry.traffic import Proportion

if TYPE_CHECKING:
    from tests.telemetry.conftest import Service

IGNORED = ("/health", "/metrics")


def vector(*series: tuple[dict[str, str], float]) -> tuple[int, dict[str, Any]]:
    result = [{"metric": labels, "value": [1795921557.5, str(value)]} for labels, value in series]
    return 200, {"status": "success", "data": {"resultType": "vector", "result": result}}


def answers() -> list[tuple[int, Any]]:
    return [
        vector(({"pod": "a", "status": "200"}, 90), ({"pod": "a", "status": "503"}, 10)),
        vector(({"pod": "a", "le": "0.3"}, 80), ({"pod": "a", "le": "+Inf"}, 100)),
        vector(({"pod": "a"}, 1795921557), ({"pod": "quiet"}, 1795921558)),
    ]


def test_counters_of_each_pod(service: Service) -> None:
    service.answers = answers()
    reading = Prometheus(service.url, "production", ignored=IGNORED).read(["a", "quiet", "unknown"])
    assert reading.totals["a"].traffic.failed() == Proportion(10, 100)
    assert reading.totals["a"].traffic.slower_than(0.3) == Proportion(20, 100)
    assert reading.totals["a"].began == 1795921557
    assert reading.totals["quiet"].traffic.requests == 0
    assert reading.problems == ("Prometheus: has no metrics of Pod/unknown",)


def test_what_it_is_asked(service: Service) -> None:
    service.answers = answers()
    Prometheus(service.url + "/prefix/", "production", ignored=IGNORED).read(["a", "b"])
    queries = [parse_qs(body)["query"][0] for _, _, body in service.asked]
    selector = '{namespace="production",pod=~"a|b",route!="/health",route!="/metrics"}'
    assert queries == [
        f"sum by (pod, status) (http_requests_total{selector})",
        f"sum by (pod, le) (http_request_duration_seconds_bucket{selector})",
        'max by (pod) (process_start_time_seconds{namespace="production",pod=~"a|b"})',
    ]
    assert {path for path, _, _ in service.asked} == {"/prefix/api/v1/query"}


def test_the_token_is_sent_and_never_said(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "s3cret-token")
    service.answers = [(401, {"status": "error", "error": "s3cret-token is wrong"})]
    reading = Prometheus(service.url, "production", ignored=IGNORED).read(["a"])
    assert service.asked[0][1]["Authorization"] == "Bearer s3cret-token"
    assert reading.problems == ("Prometheus: 127.0.0.1: HTTP 401; check the credential in the environment",)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"boom"),
        (200, b"<html>"),
        (200, []),
        (200, {}),
        (200, {"data": {"result": [{"metric": {}, "value": []}]}}),
    ],
)
def test_what_is_no_answer_makes_every_pod_unknown(service: Service, answer: tuple[int, Any]) -> None:
    service.answers = [answer]
    reading = Prometheus(service.url, "production", ignored=IGNORED).read(["a"])
    assert (reading.totals, len(reading.problems)) == ({}, 1)


def test_a_server_that_is_away_makes_every_pod_unknown() -> None:
    reading = Prometheus("http://127.0.0.1:1", "production", ignored=IGNORED).read(["a"])
    assert reading.problems == ("Prometheus: 127.0.0.1: ConnectError: no usable answer",)
