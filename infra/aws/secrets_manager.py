"""Values from AWS Secrets Manager."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from infra.aws import client as aws
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infra.settings.secret_sources import AwsSecrets

_AT_ONCE: Final = 20
"""Secrets Manager answers for at most so many in one call."""
_ABSENT: Final = "ResourceNotFoundException"


def read(names: Sequence[str], source: AwsSecrets) -> tuple[dict[str, str], list[str]]:
    """Read secrets.

    Args:
        names: Of the inventory.
        source: Where they are.

    Returns:
        Values by name, and one line for each that is missing or has no text for a value.

    Raises:
        PreconditionError: Nobody is signed in, or whoever is may not read them.
        UnavailableError: Secrets Manager does not answer.
    """
    client = aws.client("secretsmanager", region=source.region)
    values: dict[str, str] = {}
    lines: list[str] = []
    for first in range(0, len(names), _AT_ONCE):
        asked = {source.prefix + name: name for name in names[first : first + _AT_ONCE]}
        with aws.explained(f"secret_sources.aws: secrets {source.prefix}* in {source.region}"):
            answer = client.batch_get_secret_value(SecretIdList=list(asked))
        found = {item["Name"]: item.get("SecretString", "") for item in answer["SecretValues"]}
        _refuse_denied(answer.get("Errors", []), source)
        for called, name in asked.items():
            if found.get(called, "").strip():
                values[name] = found[called]
            else:
                lines.append(_missing(called, name, source, there=called in found))
    return values, lines


def changed(names: Sequence[str], source: AwsSecrets) -> dict[str, datetime]:
    """When secrets were last changed, by name; without those that are not there. No value is asked for.

    Args:
        names: Of the inventory.
        source: Where they are.

    Raises:
        PreconditionError: Nobody is signed in, or whoever is may not describe them.
        UnavailableError: Secrets Manager does not answer.
    """
    client = aws.client("secretsmanager", region=source.region)
    found: dict[str, datetime] = {}
    for name in names:
        with (
            aws.explained(f"secret_sources.aws: secret {source.prefix}{name} in {source.region}"),
            contextlib.suppress(client.exceptions.ResourceNotFoundException),
        ):
            about = client.describe_secret(SecretId=source.prefix + name)
            found[name] = about.get("LastChangedDate") or about["CreatedDate"]
    return found


def _refuse_denied(errors: Sequence[dict[str, Any]], source: AwsSecrets) -> None:
    """What is neither there nor absent is denied, or cannot be decrypted."""
    for error in errors:
        if error["ErrorCode"] != _ABSENT:
            raise PreconditionError(
                f"secret_sources.aws: AWS does not give {error['SecretId']} in {source.region} ({error['ErrorCode']}); "
                "allow the role secretsmanager:GetSecretValue, and kms:Decrypt of its key: `rez bootstrap aws` does"
            )


def _missing(called: str, name: str, source: AwsSecrets, *, there: bool) -> str:
    call = "put-secret-value --secret-id" if there else "create-secret --name"
    state = "has no text for its value" if there else "is not there"
    return (
        f"secrets.{name}: secret {called} {state} in {source.region}; set it (value on stdin) with "
        f"`aws secretsmanager {call} {called} --region {source.region} --secret-string file:///dev/stdin`"
    )
