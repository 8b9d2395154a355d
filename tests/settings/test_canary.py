from __future__ import annotations

from typing import Any

import pytest

from infra.errors import SettingsError
from infra.settings import parse


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        ("canary", {"pods": 2}, "canary.pods: 2 is above api.rollout.max_surge (1)"),
        ("canary", {"duration": "30s"}, "canary.duration: 30s is below the 1m"),
        ("bake", {"duration": "30s"}, "bake.duration: 30s is below the 1m"),
        ("canary", {"duration": "2s"}, "canary.duration: 2s is below the minimum 5s"),
        ("canary", {"on_inconclusive": "promote"}, "canary.on_inconclusive: 'promote' would roll out every release"),
        (
            "canary",
            {"on_inconclusive": "hope"},
            "canary.on_inconclusive: 'hope' must be 'extend', 'promote' or 'abort'",
        ),
        ("canary", {"min_requests": 5}, "canary.min_requests: 5 is below the minimum 20"),
        (
            "telemetry",
            {"prometheus": {"url": "http://p:9090"}, "new_relic": {"account": 1}},
            "telemetry: prometheus and new_relic exclude each other",
        ),
        ("telemetry", {"prometheus": {"url": "http://me:password@p"}}, "telemetry.prometheus.url: "),
    ],
)
def test_what_cannot_work_is_refused(
    config: dict[str, Any], section: str, change: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(config | {section: config.get(section, {}) | change}, stack="production")
    assert any(line.startswith(expected) for line in caught.value.problems), caught.value.problems


def test_on_ones_own_machine_a_canary_may_be_short(config: dict[str, Any]) -> None:
    short = {"canary": config["canary"] | {"duration": "5s", "on_inconclusive": "promote"}}
    assert parse(config | short, stack="local").canary.duration_s == 5
