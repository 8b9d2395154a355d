from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.hpa import hpa

if TYPE_CHECKING:
    from infra.settings import Settings


def test_it_scales_the_deployment_between_the_runbooks_bounds(settings: Settings) -> None:
    spec = hpa(settings)["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 10)
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "merchant-backend"}


def test_memory_is_an_average_value_near_the_limit(settings: Settings) -> None:
    targets = {metric["resource"]["name"]: metric["resource"]["target"] for metric in hpa(settings)["spec"]["metrics"]}
    assert targets == {
        "cpu": {"type": "Utilization", "averageUtilization": 70},
        "memory": {"type": "AverageValue", "averageValue": "870Mi"},
    }


def test_it_scales_up_at_once_and_down_one_by_one(settings: Settings) -> None:
    behavior = hpa(settings)["spec"]["behavior"]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert behavior["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 60}]
