from __future__ import annotations

from typing import Any

import pytest
import yaml

from infra.local.paths import ROOT
from infra.settings import parse
from infra.settings.stack_file import own_sections
from infra.telemetry.connect import source
from infra.telemetry.new_relic import NewRelic
from infra.telemetry.pods import Pods
from infra.telemetry.prometheus import Prometheus


@pytest.mark.parametrize(
    ("telemetry", "kind"),
    [
        ({}, Pods),
        ({"prometheus": {"url": "https://prometheus.example.com"}}, Prometheus),
        ({"new_relic": {"account": 1234567, "region": "eu"}}, NewRelic),
    ],
)
def test_the_source_is_the_settings_choice(telemetry: dict[str, Any], kind: type) -> None:
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8"))
    settings = parse(own_sections(document["config"]) | {"telemetry": telemetry}, stack="production")
    assert isinstance(source(settings, proxy=None), kind)  # type: ignore[arg-type]
