"""Deployments, StatefulSets and CronJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.policies.corpus.container import container
from benchmarks.policies.corpus.faults import spoil

if TYPE_CHECKING:
    from benchmarks.policies.corpus.app import App


def deployment(app: App, component: str = "web") -> dict[str, Any]:
    """A Deployment; the worker of an application serves nothing."""
    name = f"{app.name}-{component}"
    draw = app.draw(name)
    spec: dict[str, Any] = {"selector": {"matchLabels": app.labels(component)}}
    if component != "web" or draw.happens("fixed replicas", 30):
        spec["replicas"] = draw.number("replicas", 1, 5)
    if draw.happens("says its strategy", 50):
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    spec["template"] = _template(app, component, app.port if component == "web" else None)
    return app.object("apps/v1/Deployment", name, {"spec": spec})


def stateful_set(app: App) -> dict[str, Any]:
    """A StatefulSet with a claim for each pod."""
    name = f"{app.name}-store"
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": f"{app.draw(name).pick('size', (10, 50, 200))}Gi"}},
        },
    }
    spec = {
        "serviceName": f"{name}-headless",
        "replicas": app.draw(name).pick("replicas", (1, 3, 5)),
        "selector": {"matchLabels": app.labels("store")},
        "template": _template(app, "store", app.port),
        "volumeClaimTemplates": [claim],
    }
    return app.object("apps/v1/StatefulSet", name, {"spec": spec})


def cron_job(app: App, task: str) -> dict[str, Any]:
    """A CronJob."""
    name = f"{app.name}-{task}"
    draw = app.draw(name)
    template = _template(app, task, None)
    template["spec"]["restartPolicy"] = draw.pick("restarts", ("Never", "OnFailure"))
    spec = {
        "schedule": f"{draw.number('minute', 0, 59)} {draw.number('hour', 0, 23)} * * *",
        "concurrencyPolicy": draw.pick("overlap", ("Forbid", "Allow", "Replace")),
        "jobTemplate": {"spec": {"backoffLimit": draw.number("retries", 0, 6), "template": template}},
    }
    return app.object("batch/v1/CronJob", name, {"spec": spec})


def _template(app: App, component: str, port: int | None) -> dict[str, Any]:
    draw = app.draw(f"{component}/pod")
    containers = [container(draw.within("main"), component, port)]
    if draw.happens("sidecar", 25):
        containers.append(container(draw.within("sidecar"), "log-shipper"))
    pod: dict[str, Any] = {"automountServiceAccountToken": False}
    if draw.happens("first step", 20):
        pod["initContainers"] = [container(draw.within("first"), "migrate")]
    pod |= {
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": draw.pick("user", (1000, 10001)),
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": containers,
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    if draw.happens("spread", 40):
        pod["topologySpreadConstraints"] = [_spread(app.labels(component))]
    spoil(draw, pod)
    return {"metadata": {"labels": app.labels(component)}, "spec": pod}


def _spread(labels: dict[str, str]) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
