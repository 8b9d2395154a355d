"""The app's secrets, immutable and named by their content."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from infra.manifests import Manifest, names
from infra.settings.inventory import INVENTORY, Group
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: tuple[Group, ...] = ("db-secrets", "service-secrets")


def secrets(values: Mapping[str, str], *, stack: str) -> list[Manifest]:
    """The Secrets that carry the app's secret values.

    Args:
        values: Plain values by name; names that the inventory does not know are left out.
        stack: The stack's name.

    Returns:
        One immutable Secret for each group; only ``data`` is secret, the name may be shown.
    """
    return [_secret(group, values, stack=stack) for group in GROUPS]


def _secret(group: Group, values: Mapping[str, str], *, stack: str) -> Manifest:
    own = {secret.name: values[secret.name] for secret in INVENTORY if secret.group == group and secret.name in values}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": names.metadata(names.secret_name(group, own, stack=stack), NAMESPACE),
        "immutable": True,
        "type": "Opaque",
        "data": {name: b64encode(value.encode()).decode() for name, value in own.items()},
    }
