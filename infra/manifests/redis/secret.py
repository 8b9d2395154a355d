"""Who may do what on the cache, and the certificate that its pods show."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from infra.manifests import names as common
from infra.manifests.redis import names
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest

API_PASSWORD: Final = "REDIS_PASSWORD"  # noqa: S105 - a name
PEER_PASSWORD: Final = "REDIS_PEER_PASSWORD"  # noqa: S105 - a name
CERTIFICATE: Final = "REDIS_CERTIFICATE"
AUTHORITY: Final = "REDIS_CA"

_API_RULES: Final = "~* &* +@all -@admin -@dangerous"
"""All that reads and writes; not FLUSHALL, FLUSHDB, KEYS, CONFIG, DEBUG, SHUTDOWN, MIGRATE, REPLICAOF, …"""

_PEER_RULES: Final = "resetkeys resetchannels -@all +ping +info +cluster +psync +replconf"
"""What replication and `peers.sh` need, and no key."""


def secret(values: Mapping[str, str], *, stack: str) -> Manifest:
    """The Secret; another content is another object, so a change rolls the pods one by one."""
    peer = values[PEER_PASSWORD]
    files = {
        "users.acl": acl(values[API_PASSWORD], peer),
        "peer.conf": f'masteruser {names.PEER_USER}\nmasterauth "{peer}"\n',
        "peer-password": peer,
        "tls.pem": values[CERTIFICATE],
        "ca.pem": values[AUTHORITY],
    }
    data = {name: b64encode(text.encode()).decode() for name, text in files.items()}
    found = names.holder("Secret", names.SECRET, common.secret_name(names.SECRET, files, stack=stack), data)
    return {**found, "type": "Opaque"}


def acl(api: str, peer: str) -> str:
    """The access control list; it has digests of the passwords, and the user that everybody may be is off."""
    return "".join(
        f"user {line}\n"
        for line in (
            "default off",
            f"{names.API_USER} on #{_digest(api)} {_API_RULES}",
            f"{names.PEER_USER} on #{_digest(peer)} {_PEER_RULES}",
        )
    )


def url(password: str) -> str:
    """What the API connects with."""
    return f"rediss://{names.API_USER}:{quote(password, safe='')}@{names.SERVICE}.{NAMESPACE}.svc:{names.PORT}"


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
