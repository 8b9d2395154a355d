from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.claim import claim

if TYPE_CHECKING:
    from infra.settings import Settings


def test_pods_on_every_node_share_fifty_gibibytes(settings: Settings) -> None:
    spec = claim(settings)["spec"]
    assert spec["accessModes"] == ["ReadWriteMany"]
    assert spec["resources"] == {"requests": {"storage": "50Gi"}}
