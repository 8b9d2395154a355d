"""The API's pod: the same template for the Deployment, and for whatever runs the same image beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.manifests import Manifest, names
from infra.manifests.security import container_security, pod_security
from infra.quantities import format_mib, format_millicores

if TYPE_CHECKING:
    from infra.manifests.release import Release
    from infra.settings.api import Probe
    from infra.settings.model import Settings

_USER = 10001
_READ_ONLY = 0o440


@dataclass(frozen=True)
class Mounts:
    """The hash-named objects that a pod of one release reads.

    Attributes:
        config: Name of the ConfigMap.
        secrets: Names of the Secrets.
    """

    config: str
    secrets: tuple[str, ...]


def pod_template(settings: Settings, release: Release, mounts: Mounts, *, track: str = "stable") -> Manifest:
    """Metadata and spec of one API pod.

    Args:
        settings: The stack's settings.
        release: Version and image.
        mounts: Config and secrets by name.
        track: ``stable``, or ``canary`` for a pod beside the Deployment.

    Returns:
        A template that passes Pod Security ``restricted``.
    """
    labels = {"app": names.APP, "track": track}
    return {
        "metadata": {
            "labels": {**names.LABELS, **labels, names.VERSION_LABEL: release.version},
            "annotations": _scraped(),
        },
        "spec": {
            "serviceAccountName": names.APP,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": settings.api.rollout.grace_period_s,
            "securityContext": pod_security(_USER),
            "topologySpreadConstraints": [_spread(key, labels) for key in _SPREAD_KEYS],
            "containers": [_container(settings, release, mounts)],
            "volumes": _volumes(mounts),
        },
    }


def _scraped() -> Manifest:
    """Tell Prometheus where this pod's metrics are; annotations are strings."""
    return {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(names.PORT),
        "prometheus.io/path": names.METRICS_PATH,
    }


_SPREAD_KEYS = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")


def _spread(key: str, labels: dict[str, str]) -> Manifest:
    """Count pods of the same release alone: the old ones say nothing about where the new ones belong."""
    return {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _container(settings: Settings, release: Release, mounts: Mounts) -> Manifest:
    api = settings.api
    health, alive = settings.service.health_path, settings.service.liveness_path
    return {
        "name": names.CONTAINER,
        "image": release.image,
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": names.PORT_NAME, "containerPort": names.PORT, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": mounts.config}}],
        "env": [{"name": "NODE_OPTIONS", "value": f"--max-old-space-size={api.memory.heap_cap_mib}"}],
        "resources": _resources(settings),
        "startupProbe": _probe(health, api.probes.startup),
        "readinessProbe": _probe(health, api.probes.readiness),
        "livenessProbe": _probe(alive, api.probes.liveness),
        "lifecycle": {"preStop": {"sleep": {"seconds": api.rollout.pre_stop_s}}},
        "securityContext": container_security(),
        # A crash that says nothing in the termination log is explained by the last lines it wrote.
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 (a path in the pod)
            {"name": "secrets", "mountPath": names.SECRETS_PATH, "readOnly": True},
            {"name": "storage", "mountPath": settings.storage.mount_path},
        ],
    }


def _resources(settings: Settings) -> Manifest:
    cpu, memory = settings.api.cpu, settings.api.memory
    return {
        "requests": {"cpu": format_millicores(cpu.request_millicores), "memory": format_mib(memory.request_mib)},
        "limits": {"cpu": format_millicores(cpu.limit_millicores), "memory": format_mib(memory.limit_mib)},
    }


def _probe(path: str, probe: Probe) -> Manifest:
    return {
        "httpGet": {"path": path, "port": names.PORT_NAME, "scheme": "HTTP"},
        "periodSeconds": probe.period_s,
        "timeoutSeconds": probe.timeout_s,
        "failureThreshold": probe.failures,
    }


def _volumes(mounts: Mounts) -> list[Manifest]:
    sources = [{"secret": {"name": name}} for name in mounts.secrets]
    return [
        {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        {"name": "secrets", "projected": {"defaultMode": _READ_ONLY, "sources": sources}},
        {"name": "storage", "persistentVolumeClaim": {"claimName": names.CLAIM}},
    ]
