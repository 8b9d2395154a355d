"""The runbook's names, the labels that tie the objects together, and names that follow from content."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest

APP: Final = "merchant-backend"
REPOSITORY: Final = "docker.io/rezapp/merchant-backend"
"""Where the API's images are."""

CONTAINER: Final = "api"
SERVICE: Final = "merchant-backend-service"
AUTOSCALER: Final = "merchant-backend-hpa"
DISRUPTION_BUDGET: Final = "merchant-backend-pdb"
CONFIG: Final = "merchant-backend-config"
CLAIM: Final = "merchant-backend-storage"
DEPLOYER: Final = "rez-deployer"
DEPLOY_LEASE: Final = "rez-deploy"
"""The Lease that a deploy or a rollback holds."""

STAMP: Final = "rez.dev/fencing-token"
"""The annotation by which a deploy's write shows that it holds the Lease: `TOKEN.NUMBER`, another number each time."""

HOME: Final = "rez.dev/database"
"""The annotation by which a Secret with a connection string tells of which cluster: `ORGANIZATION/PROJECT/CLUSTER`."""

PORT: Final = 3000
PORT_NAME: Final = "http"
METRICS_PATH: Final = "/metrics"
SECRETS_PATH: Final = "/var/run/rez/secrets"
"""Where each secret is a file by its name."""

STABLE: Final = {"app": APP, "track": "stable"}
"""What the Deployment, the autoscaler and the disruption budget select; a canary has another track."""

FAMILY: Final = {"app.kubernetes.io/name": APP}
"""What network policies select: every pod of the app, also one that is not behind the Service yet."""

LABELS: Final = {**FAMILY, "app.kubernetes.io/part-of": "rez", "app.kubernetes.io/managed-by": "pulumi"}
"""What every object and every pod says of itself."""

VERSION_LABEL: Final = "app.kubernetes.io/version"

FIELD_MANAGER: Final = "rez-infra"
_DIGITS: Final = 10
_SCRYPT_COST: Final = 2**13


def metadata(
    name: str, namespace: str | None, *, labels: Mapping[str, str] | None = None, **annotations: str
) -> Manifest:
    """The metadata that every object has.

    Args:
        name: The object's name.
        namespace: Its namespace, or None for what has none.
        labels: Labels beside the standard ones.
        **annotations: Annotations of ``pulumi.com``, by the part after the slash.

    Returns:
        Labels that say what the object belongs to, and the one field manager that rez and the engine share.
    """
    place = {} if namespace is None else {"namespace": namespace}
    return {
        "name": name,
        **place,
        "labels": {**LABELS, **(labels or {})},
        "annotations": {
            "pulumi.com/patchFieldManager": FIELD_MANAGER,
            **{f"pulumi.com/{key}": value for key, value in annotations.items()},
        },
    }


def content_name(base: str, data: Mapping[str, str]) -> str:
    """A name that changes with public content, so that a change makes a new object and rolls the pods."""
    digest = hashlib.sha256(_canonical(data)).hexdigest()
    return f"{base}-{digest[:_DIGITS]}"


def secret_name(base: str, values: Mapping[str, str], *, stack: str) -> str:
    """A name that changes with secret content and cannot be used to try guesses: the digest is slow and salted.

    Args:
        base: The Secret's name without the digest.
        values: The secret values.
        stack: The salt, so that equal values on two stacks do not show as equal.
    """
    salt = f"{FIELD_MANAGER}/{stack}/{base}".encode()
    digest = hashlib.scrypt(_canonical(values), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=16).hex()
    return f"{base}-{digest[:_DIGITS]}"


def hashed_base(name: str) -> str:
    """The name without the digest of its content, "" if it has none."""
    base, _, digest = name.rpartition("-")
    return base if len(digest) == _DIGITS and set(digest) <= set("0123456789abcdef") else ""


def _canonical(data: Mapping[str, str]) -> bytes:
    return json.dumps(dict(data), sort_keys=True, separators=(",", ":")).encode()
