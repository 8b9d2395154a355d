"""The volume that all API pods share."""

from __future__ import annotations

from infra.manifests import Manifest, names
from infra.quantities import format_mib
from infra.settings.model import NAMESPACE, Settings


def claim(settings: Settings) -> Manifest:
    """A claim that pods on every node can mount at once.

    It is not awaited: a storage class that binds at first use would wait for pods that come later.
    """
    storage = settings.storage
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": names.metadata(names.CLAIM, NAMESPACE, skipAwait="true"),
        "spec": {
            "accessModes": [storage.access_mode],
            "storageClassName": storage.storage_class,
            "resources": {"requests": {"storage": format_mib(storage.size_mib)}},
        },
    }
