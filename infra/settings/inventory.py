"""Which secrets there are, who uses them, which Secret carries each; the values are in config or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

Group = Literal["db-secrets", "service-secrets"]

CONFIG_KEY: Final = "secrets"
"""Stack config key (below ``rez-infra:``) of the object that holds the values."""

SOURCES_KEY: Final = "secret_sources"
"""Stack config key of the section that says where the others are."""


@dataclass(frozen=True)
class SecretName:
    """One secret of the app.

    Attributes:
        name: The name of its file in the pod, and of its config key.
        group: The Secret that carries it; None for what no pod reads.
        others: Who uses it beside the API's pods, which read it by its name if a Secret carries it.
        rotates: Whether it is a credential; the name of an account is none.
    """

    name: str
    group: Group | None
    others: tuple[str, ...] = ()
    rotates: bool = True

    @property
    def used_by(self) -> tuple[str, ...]:
        """Who uses it, and as what."""
        return (*((f"{_API}: {self.name}",) if self.group else ()), *self.others)


_API: Final = "Deployment/merchant-backend"
_CACHE: Final = "StatefulSet/redis"

INVENTORY: Final = (
    SecretName(
        "MONGODB_PASSWORD_A", None, ("Atlas user api-a", f"{_API}: MONGODB_URI, while database.active_user is a")
    ),
    SecretName(
        "MONGODB_PASSWORD_B", None, ("Atlas user api-b", f"{_API}: MONGODB_URI, while database.active_user is b")
    ),
    SecretName("MONGODB_READER_PASSWORD", None, ("Atlas user reader",)),
    SecretName("REDIS_PASSWORD", None, (f"{_CACHE}: user api", f"{_API}: REDIS_URL")),
    SecretName("REDIS_PEER_PASSWORD", None, (f"{_CACHE}: user peer",)),
    SecretName("REDIS_CERTIFICATE", None, (f"{_CACHE}: TLS",)),
    SecretName("REDIS_CA", "db-secrets", (f"{_CACHE}: TLS",)),
    SecretName("JWT_SECRET", "db-secrets"),
    SecretName("CLOUDINARY_CLOUD_NAME", "service-secrets", rotates=False),
    SecretName("CLOUDINARY_API_KEY", "service-secrets"),
    SecretName("CLOUDINARY_API_SECRET", "service-secrets"),
    SecretName("SENDGRID_API_KEY", "service-secrets"),
    SecretName("TWILIO_ACCOUNT_SID", "service-secrets", rotates=False),
    SecretName("TWILIO_AUTH_TOKEN", "service-secrets"),
    SecretName("RAZORPAY_KEY_ID", "service-secrets"),
    SecretName("RAZORPAY_KEY_SECRET", "service-secrets"),
    SecretName("SENTRY_DSN", "service-secrets"),
    SecretName("NEW_RELIC_LICENSE_KEY", "service-secrets"),
)
"""The runbook's External Dependencies and Monitoring, and what the API itself signs and connects with.

The API's ``MONGODB_URI`` and ``REDIS_URL`` are not among them: the program makes them from what it declares and the
passwords of their users.
"""


def missing(present: Collection[str]) -> list[str]:
    """Names of the secrets that have no value."""
    return [secret.name for secret in INVENTORY if secret.name not in present]


def secret_problems(present: Collection[str], *, stack: str) -> list[str]:
    """One line for each secret that is missing, and for each that nobody reads.

    Args:
        present: Names that have a value in the stack's config.
        stack: The stack's name.

    Returns:
        Lines that name the secret and the command that sets or removes it, never a value.
    """
    absent = [
        f"secrets.{name}: no value; set it (value on stdin) with "
        f"`rez pulumi config set --stack {stack} --secret --path '{CONFIG_KEY}.{name}'`"
        for name in missing(present)
    ]
    return absent + unread_problems(present, stack=stack)


def unread_problems(present: Collection[str], *, stack: str) -> list[str]:
    """One line for each secret in the stack's config that nobody reads."""
    known = {secret.name for secret in INVENTORY}
    return [
        f"secrets.{name}: nobody reads it; remove it with "
        f"`rez pulumi config rm --stack {stack} --path '{CONFIG_KEY}.{name}'`"
        for name in sorted(present)
        if name not in known
    ]
