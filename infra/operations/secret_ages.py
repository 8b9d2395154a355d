"""How old each secret is, where its value is, who uses it and when it is to be rotated; no value is asked for.

Secrets Manager says when a secret was last changed. Of one in the stack file only the cluster knows something: a Secret
is named by its content, so no value in it has changed since it was made, and each is at least as old.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from infra.atlas.user import API_USERS
from infra.aws import secrets_manager
from infra.errors import RezError
from infra.manifests import names
from infra.manifests.redis import names as redis
from infra.manifests.redis import secret as cache
from infra.operations.secret_rotation import Age, row
from infra.rollout import mounted
from infra.rollout.live import created
from infra.settings.inventory import INVENTORY
from infra.settings.model import NAMESPACE
from infra.settings.stack_file import secret_names
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from infra.manifests import Manifest
    from infra.settings.inventory import SecretName
    from infra.settings.model import Settings

STACK_FILE: Final = "stack file"
_CACHE: Final = frozenset({cache.API_PASSWORD, cache.PEER_PASSWORD, cache.CERTIFICATE, cache.AUTHORITY})
_USERS: Final = (("Deployment", names.APP), ("StatefulSet", redis.APP))


class Cluster(Protocol):
    """The part of `infra.cluster.Cluster` that this needs."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """A live object."""

    def metadata(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """A live object without what is in it."""


def read(
    settings: Settings, root: Path, *, connect: Callable[[], Cluster], now: datetime
) -> tuple[list[dict[str, Any]], list[str]]:
    """Read what is known of every secret of a stack.

    Args:
        settings: The stack's.
        root: The folder of its stack file.
        connect: Gives its cluster.
        now: The present.

    Returns:
        What `secret_rotation.row` tells of each of the inventory, and one line for each place that could not be asked.

    Raises:
        SettingsError: The stack file cannot be read.
    """
    here, source = secret_names(settings.stack, root), settings.secret_sources.aws
    unread: list[str] = []
    ages: dict[str, Age] = {}
    with _noted(unread):
        ages = _shown(connect(), settings)
    places = dict.fromkeys(here, STACK_FILE)
    if source:
        away = [secret.name for secret in INVENTORY if secret.name not in here]
        there: Iterable[str] = away  # whoever cannot be asked may well have them
        with _noted(unread):
            there = changed = secrets_manager.changed(away, source)
            ages |= {name: Age(moment, exact=True) for name, moment in changed.items()}
        places |= {name: f"AWS Secrets Manager: {source.prefix}{name}" for name in there}
    days = settings.maintenance.rotation_days
    return [row(each, places.get(each.name, ""), ages.get(each.name), days=days, now=now) for each in INVENTORY], unread


@contextmanager
def _noted(unread: list[str]) -> Iterator[None]:
    """Note what a place says that does not answer, and go on without it."""
    try:
        yield
    except RezError as error:
        unread.append(line(error))


def _shown(cluster: Cluster, settings: Settings) -> dict[str, Age]:
    """What the age of the Secrets that pods mount says."""
    made = {}
    for kind, name in _USERS:
        for secret in mounted.secrets(cluster.get("apps/v1", kind, name, NAMESPACE)):
            if moment := created(cluster.metadata("v1", "Secret", secret, NAMESPACE)):
                made[names.hashed_base(secret)] = Age(moment, exact=False)
    holders = {each.name: _holder(each, settings) for each in INVENTORY}
    return {name: made[holder] for name, holder in holders.items() if holder in made}


def _holder(secret: SecretName, settings: Settings) -> str:
    """The Secret whose name changes with this one's value, without the digest; "" if there is none."""
    if secret.group:
        return secret.group
    if secret.name == API_USERS[settings.database.active_user].password:
        return "db-secrets"
    return redis.SECRET if secret.name in _CACHE else ""
