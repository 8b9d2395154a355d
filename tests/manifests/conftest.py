from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.paths import ROOT
from infra.manifests.pod import Mounts, pod_template
from infra.manifests.release import Release
from infra.settings import Settings, load

if TYPE_CHECKING:
    from infra.manifests import Manifest


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load("production", ROOT)


@pytest.fixture(scope="session")
def release() -> Release:
    return Release(version="v1", image=f"docker.io/rezapp/merchant-backend@sha256:{'a' * 64}")


@pytest.fixture(scope="session")
def mounts() -> Mounts:
    return Mounts(config="merchant-backend-config-1", secrets=("db-secrets-1", "service-secrets-1"))


@pytest.fixture
def template(settings: Settings, release: Release, mounts: Mounts) -> Manifest:
    return pod_template(settings, release, mounts)
