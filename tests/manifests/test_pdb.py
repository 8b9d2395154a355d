from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.pdb import pdb

if TYPE_CHECKING:
    from infra.settings import Settings


def test_a_drain_may_always_take_a_pod(settings: Settings) -> None:
    spec = pdb(settings)["spec"]
    assert 1 <= spec["maxUnavailable"] < settings.api.pods.min
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_it_counts_stable_pods_alone(settings: Settings) -> None:
    assert pdb(settings)["spec"]["selector"] == {"matchLabels": {"app": "merchant-backend", "track": "stable"}}
