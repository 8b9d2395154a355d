from __future__ import annotations

import pytest

from infra.local.paths import ROOT
from infra.manifests.pod import Mounts
from infra.manifests.release import Release
from infra.settings import Settings, load


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load("production", ROOT)


@pytest.fixture(scope="session")
def release() -> Release:
    return Release(version="v1", image=f"docker.io/rezapp/merchant-backend@sha256:{'a' * 64}")


@pytest.fixture(scope="session")
def mounts() -> Mounts:
    return Mounts(config="merchant-backend-config-1", secrets=("db-secrets-1", "service-secrets-1"))
