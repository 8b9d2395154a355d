from __future__ import annotations

from typing import Any

import pytest
import yaml

from infra.local.paths import ROOT
from infra.settings.stack_file import own_sections


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's sections, to be spoilt by a test."""
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8"))
    return own_sections(document["config"])
