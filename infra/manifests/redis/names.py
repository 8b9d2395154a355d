"""What the cache's objects are called, and where its pods find their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.manifests import names
from infra.settings.model import NAMESPACE, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest

APP: Final = "redis"
SERVICE: Final = "redis"
"""What the API connects to: pods that are part of a whole cluster."""

PEERS: Final = "redis-peers"
"""The governing Service: gives every pod a name, also while it is not ready."""

CERTIFICATE_ENDS: Final = "rez.dev/certificate-ends"
"""The last day of the pods' certificate, on their StatefulSet: nobody has to read the Secret for it."""

CONFIG: Final = "redis-config"
SECRET: Final = "redis-secrets"  # noqa: S105 - a name
VOLUME: Final = "data"
API_USER: Final = "api"
PEER_USER: Final = "peer"

PORT: Final = 6379
BUS_PORT: Final = PORT + 10_000
"""Where nodes talk to each other. Source: Redis Cluster Specification."""

CONFIG_PATH: Final = "/etc/redis/config"
SECRET_PATH: Final = "/etc/redis/secret"  # noqa: S105 - a path
DATA_PATH: Final = "/data"

SELECTED: Final = {"app": APP}
LABELS: Final = {**names.LABELS, "app.kubernetes.io/name": APP, **SELECTED}


def metadata(name: str, **annotations: str) -> Manifest:
    """The metadata that every object of the cache has."""
    return names.metadata(name, NAMESPACE, labels=LABELS, **annotations)


def hosts() -> tuple[str, ...]:
    """Every name by which a pod is called, for its certificate."""
    return (f"{SERVICE}.{NAMESPACE}.svc", f"*.{PEERS}.{NAMESPACE}.svc", "localhost")


def pods(settings: Settings) -> int:
    """How many nodes the cluster has."""
    return settings.redis.masters + settings.redis.replicas


def holder(kind: str, base: str, name: str, data: Mapping[str, object]) -> Manifest:
    """An immutable ConfigMap or Secret; `name` has a digest of its content."""
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata(name or base), "immutable": True, "data": dict(data)}
