"""The pods of the cache, each with a name and a volume of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.manifests.redis import names
from infra.manifests.redis.config_map import SCRIPT
from infra.manifests.security import container_security, pod_security
from infra.quantities import format_mib, format_millicores
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from datetime import date

    from infra.manifests import Manifest
    from infra.settings.model import Settings

_USER: Final = 10002
_READ_ONLY: Final = 0o440
_GRACE_S: Final = 30
"""Redis waits up to 10 s for its replicas before it writes its data out and ends. Source: shutdown-timeout."""

_SIDECAR: Final = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}}


def stateful_set(
    settings: Settings, image: str, *, config: str, secret: str, certificate_ends: date | None
) -> Manifest:
    """All pods start at once: a cluster that waits for its first pod to be ready would wait for ever.

    Args:
        settings: The stack's settings.
        image: Redis 7 with a shell, by digest.
        config: Name of the ConfigMap.
        secret: Name of the Secret.
        certificate_ends: The last day of the certificate in it; None if that cannot be read.
    """
    storage = settings.redis.storage
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage.storage_class,
        "resources": {"requests": {"storage": format_mib(storage.size_mib)}},
    }
    ends = {names.CERTIFICATE_ENDS: certificate_ends.isoformat()} if certificate_ends else {}
    metadata = names.metadata(names.APP, skipAwait="true")
    kept = "Delete" if settings.is_local else "Retain"
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {**metadata, "annotations": {**metadata["annotations"], **ends}},
        "spec": {
            "serviceName": names.PEERS,
            "replicas": names.pods(settings),
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": dict(names.SELECTED)},
            "updateStrategy": {"type": "RollingUpdate"},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": kept, "whenScaled": "Retain"},
            "template": {
                "metadata": {"labels": dict(names.LABELS)},
                "spec": _pod(settings, image, config=config, secret=secret),
            },
            "volumeClaimTemplates": [{"metadata": {"name": names.VOLUME}, "spec": claim}],
        },
    }


def _pod(settings: Settings, image: str, *, config: str, secret: str) -> Manifest:
    return {
        "serviceAccountName": names.APP,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _GRACE_S,
        "securityContext": pod_security(_USER),
        "topologySpreadConstraints": [
            _spread(key) for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
        ],
        "initContainers": [_peers(settings, image)],
        "containers": [_server(settings, image)],
        "volumes": [
            {"name": "config", "configMap": {"name": config, "defaultMode": _READ_ONLY}},
            {"name": "secret", "secret": {"secretName": secret, "defaultMode": _READ_ONLY}},
        ],
    }


def _spread(key: str) -> Manifest:
    selector = {"matchLabels": dict(names.SELECTED)}
    return {"topologyKey": key, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector}


def _server(settings: Settings, image: str) -> Manifest:
    cpu, memory = settings.redis.cpu, settings.redis.memory
    domain = f"{names.PEERS}.{NAMESPACE}.svc"
    return {
        **_container("redis", image, settings),
        "command": ["redis-server", f"{names.CONFIG_PATH}/redis.conf"],
        # Its own word counts: where the network masks pods' addresses, peers would take a node's for the pod's.
        "args": ["--cluster-announce-hostname", f"$(POD_NAME).{domain}", "--cluster-announce-ip", "$(POD_IP)"],
        "ports": [
            {"name": "redis", "containerPort": names.PORT, "protocol": "TCP"},
            {"name": "bus", "containerPort": names.BUS_PORT, "protocol": "TCP"},
        ],
        "resources": {
            "requests": {"cpu": format_millicores(cpu.request_millicores), "memory": format_mib(memory.request_mib)},
            "limits": {"cpu": format_millicores(cpu.limit_millicores), "memory": format_mib(memory.limit_mib)},
        },
        # Only a server that says nothing at all is ended: one that loads or looks for its master answers so.
        "startupProbe": {"tcpSocket": {"port": "redis"}, "periodSeconds": 2, "failureThreshold": 150},
        "readinessProbe": _asked("ready", period_s=5, failures=2),
        "livenessProbe": _asked("alive", period_s=20, failures=6),
        "volumeMounts": [*_FILES, {"name": names.VOLUME, "mountPath": names.DATA_PATH}],
    }


def _peers(settings: Settings, image: str) -> Manifest:
    return {
        **_container("peers", image, settings),
        "restartPolicy": "Always",  # beside the server for as long as it lives
        "command": ["/bin/sh", f"{names.CONFIG_PATH}/{SCRIPT}"],
        "resources": _SIDECAR,
        "volumeMounts": _FILES,
    }


_FILES: Final = [
    {"name": "config", "mountPath": names.CONFIG_PATH, "readOnly": True},
    {"name": "secret", "mountPath": names.SECRET_PATH, "readOnly": True},
]


def _container(name: str, image: str, settings: Settings) -> Manifest:
    """What both containers have: either may run the script."""
    environment = {
        "PEER_DOMAIN": f"{names.PEERS}.{NAMESPACE}.svc",
        "MASTERS": str(settings.redis.masters),
        "PODS": str(names.pods(settings)),
    }
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [
            _of_the_pod("POD_NAME", "metadata.name"),
            _of_the_pod("POD_IP", "status.podIP"),
            *({"name": key, "value": value} for key, value in environment.items()),
        ],
        "securityContext": container_security(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _of_the_pod(name: str, field: str) -> Manifest:
    return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": field}}}


def _asked(question: str, *, period_s: int, failures: int) -> Manifest:
    return {
        "exec": {"command": ["/bin/sh", f"{names.CONFIG_PATH}/{SCRIPT}", question]},
        "periodSeconds": period_s,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
