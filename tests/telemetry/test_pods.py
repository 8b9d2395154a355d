from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import UnavailableError
from infra.rejection import ApiError
from infra.telemetry.pods import Pods

if TYPE_CHECKING:
    from collections.abc import Callable


class Proxy:
    """An API server that reaches some pods and not others."""

    def __init__(self, answers: dict[str, tuple[int, str] | Exception]) -> None:
        self.answers = answers

    def ask_pod(self, namespace: str, pod: str, port: int, path: str, *, timeout_s: float = 5.0) -> tuple[int, str]:
        assert (namespace, port, path) == ("production", 3000, "/metrics")
        answer = self.answers[pod]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_cannot_be_read_is_left_out_and_said(page: Callable[[str], str]) -> None:
    proxy = Proxy({
        "good": (200, page("good")),
        "without": (404, "no route"),
        "junk": (200, "<html>"),
        "gone": ApiError("Pod production/gone: not found", status=404),
        "unreachable": UnavailableError("cluster unavailable: dial tcp"),
    })  # fmt: skip
    pods = Pods(proxy, "production", port=3000, path="/metrics", ignored=("/health", "/health/live", "/metrics"))
    reading = pods.read(list(proxy.answers))
    assert {pod: found.traffic.requests for pod, found in reading.totals.items()} == {"good": 40}
    assert len(reading.problems) == 4
    assert "Pod/without/metrics: HTTP 404" in reading.problems
    assert any(problem.startswith("Pod/unreachable/metrics: cluster unavailable") for problem in reading.problems)


def test_nobody_is_asked_of_no_pods() -> None:
    assert Pods(Proxy({}), "production", port=3000, path="/metrics", ignored=()).read([]).totals == {}
