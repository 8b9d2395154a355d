from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.policies import alarms, checkers
from benchmarks.policies.measure import run

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("count", "printed", "expected"),
    [
        pytest.param(checkers._of_kube_score, "null", 0, id="kube-score, nothing to judge"),
        pytest.param(
            checkers._of_kube_score,
            json.dumps([{"checks": [{"grade": g, "skipped": s} for g, s in ((10, False), (5, False), (1, True))]}]),
            1,
            id="kube-score, warnings but not what is skipped",
        ),
        pytest.param(checkers._of_conftest, '[{"failures": [{}, {}]}, {"successes": 9}]', 2, id="conftest"),
        pytest.param(checkers._of_kyverno, "fail: 7\npass: 1, fail: 3, warn: 0\n", 3, id="kyverno, the last line"),
        pytest.param(checkers._of_checkov, '{"summary": {"failed": 4}}', 4, id="checkov"),
        pytest.param(checkers._of_checkov, '{"passed": 0, "failed": 0}', 0, id="checkov, nothing to judge"),
    ],
)
def test_findings_are_counted(count: Callable[[str], int], printed: str, expected: int) -> None:
    assert count(printed) == expected


def test_a_run_that_found_something_is_no_failure() -> None:
    figure, printed = run([sys.executable, "-c", "print('x'); raise SystemExit(4)"], Path("/"), (0, 4))
    assert printed == "x\n"
    assert figure.wall_s > 0
    assert figure.cpu_s > 0


def test_a_run_that_failed_has_no_figures() -> None:
    with pytest.raises(RuntimeError, match="exit code 1\nwhy"):
        run([sys.executable, "-c", "raise SystemExit('why')"], Path("/"), (0, 4))


def test_plain_values_are_counted_wherever_containers_and_config_maps_are() -> None:
    container = {"image": "a", "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {}}], "args": ["x", "y"]}
    listed = {
        "kind": "List",
        "items": [{"kind": "ConfigMap", "data": {"k": "v"}}, {"spec": {"containers": [container]}}],
    }
    assert alarms._values(listed) == 4
