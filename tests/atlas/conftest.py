from __future__ import annotations

import pytest

from infra.local.paths import ROOT
from infra.settings import Settings, load


@pytest.fixture
def settings() -> Settings:
    return load("production", ROOT)
