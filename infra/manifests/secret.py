"""The app's secrets, immutable and named by their content."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.manifests import Manifest, names
from infra.settings.inventory import INVENTORY, Group
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: tuple[Group, ...] = ("db-secrets", "service-secrets")


@dataclass(frozen=True)
class Made:
    """A secret value that the program makes from what it declares.

    Attributes:
        identity: Text that differs whenever the value does; secret, and known before the value is.
        encoded: The value in base64, or what the engine will have of it.
        home: The part of the identity that may be shown, and that the value does not tell; "" if the value tells all.
    """

    identity: str
    encoded: Any
    home: str = ""


def secrets(values: Mapping[str, str], *, stack: str, made: Mapping[str, Made] | None = None) -> list[Manifest]:
    """The Secrets that carry the app's secret values.

    Args:
        values: Plain values by name; names that the inventory does not know are left out.
        stack: The stack's name.
        made: Values for ``db-secrets`` by name, beside those of the inventory.

    Returns:
        One immutable Secret for each group; only ``data`` is secret, the name may be shown.
    """
    return [_secret(group, values, (made or {}) if group == "db-secrets" else {}, stack=stack) for group in GROUPS]


def _secret(group: Group, values: Mapping[str, str], made: Mapping[str, Made], *, stack: str) -> Manifest:
    own = {secret.name: values[secret.name] for secret in INVENTORY if secret.group == group and secret.name in values}
    identities = {name: each.identity for name, each in made.items()}
    metadata = names.metadata(names.secret_name(group, own | identities, stack=stack), NAMESPACE)
    for home in filter(None, (each.home for each in made.values())):
        metadata["annotations"][names.HOME] = home
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "immutable": True,
        "type": "Opaque",
        "data": {name: b64encode(value.encode()).decode() for name, value in own.items()}
        | {name: each.encoded for name, each in made.items()},
    }
