"""The autoscaler: it owns the number of stable pods."""

from __future__ import annotations

from infra.manifests import Manifest, names
from infra.quantities import format_mib
from infra.settings.model import NAMESPACE, Settings


def hpa(settings: Settings) -> Manifest:
    """Scale up at once, down slowly, on CPU and on memory near the limit."""
    pods, scaling = settings.api.pods, settings.api.autoscaling
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": names.metadata(names.AUTOSCALER, NAMESPACE, labels={"app": names.APP}),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": names.APP},
            "minReplicas": pods.min,
            "maxReplicas": pods.max,
            "metrics": [
                _metric("cpu", {"type": "Utilization", "averageUtilization": round(scaling.cpu_target_percent)}),
                # Node's heaps do not shrink: a share of the request would hold the pods at their maximum.
                _metric("memory", {"type": "AverageValue", "averageValue": format_mib(scaling.memory_target_mib)}),
            ],
            "behavior": {
                "scaleUp": {
                    "stabilizationWindowSeconds": 0,
                    "selectPolicy": "Max",
                    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
                },
                "scaleDown": {
                    "stabilizationWindowSeconds": scaling.scale_down_window_s,
                    "selectPolicy": "Max",
                    "policies": [{"type": "Pods", "value": 1, "periodSeconds": scaling.scale_down_period_s}],
                },
            },
        },
    }


def _metric(resource: str, target: Manifest) -> Manifest:
    return {"type": "Resource", "resource": {"name": resource, "target": target}}
