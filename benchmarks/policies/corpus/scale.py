"""Autoscalers and disruption budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.policies.corpus.app import App


def autoscaler(app: App) -> dict[str, Any]:
    """An HPA; a few scale what is not there."""
    draw = app.draw("hpa")
    least = draw.number("least", 1, 4)
    target = f"{app.name}-web" if not draw.happens("wrong target", 4) else app.name
    utilization = {"type": "Utilization", "averageUtilization": draw.pick("use", (60, 70, 80))}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicas": least,
        "maxReplicas": least + draw.number("more", 2, 10),
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilization}}],
    }
    return app.object("autoscaling/v2/HorizontalPodAutoscaler", f"{app.name}-web", {"spec": spec})


def budget(app: App, component: str = "web") -> dict[str, Any]:
    """A disruption budget; a few forbid every eviction."""
    draw = app.draw(f"{component}/pdb")
    bound: dict[str, Any] = draw.pick("bound", ({"maxUnavailable": 1}, {"minAvailable": 1}, {"minAvailable": "50%"}))
    if draw.happens("blocks", 8):
        bound = {"maxUnavailable": 0}
    spec = bound | {"selector": {"matchLabels": app.labels(component)}}
    return app.object("policy/v1/PodDisruptionBudget", f"{app.name}-{component}", {"spec": spec})
