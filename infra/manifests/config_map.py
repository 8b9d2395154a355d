"""The app's public configuration, immutable and named by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def config_map(settings: Settings) -> Manifest:
    """Environment variables of the app; another content is another object, so a change rolls the pods."""
    return holding(environment(settings))


def holding(data: Mapping[str, str]) -> Manifest:
    """The ConfigMap of these variables."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": names.metadata(names.content_name(names.CONFIG, data), NAMESPACE),
        "immutable": True,
        "data": dict(data),
    }


def environment(settings: Settings) -> dict[str, str]:
    """What the app reads from its environment; secrets are files in ``SECRETS_DIR``."""
    return {
        "NODE_ENV": "production",
        "PORT": str(names.PORT),
        "MONGODB_MAX_POOL_SIZE": str(settings.database.pool.max),
        "MONGODB_MIN_POOL_SIZE": str(settings.database.pool.min),
        "REDIS_CLUSTER": "true",
        "DRAIN_SECONDS": str(settings.api.rollout.drain_s),
        "SECRETS_DIR": names.SECRETS_PATH,
        "STORAGE_DIR": settings.storage.mount_path,
        "PUBLIC_URL": settings.service.url,
    }
