from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.paths import ROOT
from infra.manifests.config_map import config_map
from infra.settings import load

if TYPE_CHECKING:
    from infra.settings import Settings


def test_it_is_immutable_and_carries_the_pool(settings: Settings) -> None:
    manifest = config_map(settings)
    assert manifest["immutable"] is True
    assert manifest["data"]["MONGODB_MAX_POOL_SIZE"] == "50"
    assert manifest["data"]["MONGODB_MIN_POOL_SIZE"] == "10"
    assert manifest["data"]["NODE_ENV"] == "production"


def test_another_content_is_another_name(settings: Settings) -> None:
    names = [config_map(each)["metadata"]["name"] for each in (settings, settings, load("local", ROOT))]
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("merchant-backend-config-")
