"""The KMS key: for the stack's secrets (`awskms://`) and for the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.aws.client import code_of, explained
from infra.errors import PreconditionError
from infra.operations.bootstrap.step import NEW_KEY, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.operations.bootstrap.wanted import Wanted

TAG: Final = "rez-infra"
"""Marks the key, so that one whose alias was not made any more is found again."""


@dataclass(frozen=True)
class Key:
    """The key that is there.

    Attributes:
        arn: Its ARN.
        state: AWS's word, such as `Enabled`.
        rotates: Whether it is rotated yearly.
        named: Whether the alias points to it.
    """

    arn: str
    state: str
    rotates: bool
    named: bool


def read(client: Callable[[str], Any], wanted: Wanted) -> Key | None:
    """The key that the alias names, else one that an interrupted run left without alias."""
    described = _described(client, wanted.alias)
    named = described is not None
    if described is None and (left := _left(client, wanted)):
        described = _described(client, left)
    if described is None or (not named and described["KeyState"] == "PendingDeletion"):
        return None
    with explained(f"key {wanted.alias}"):
        rotation = client("kms").get_key_rotation_status(KeyId=described["KeyId"])
    return Key(described["Arn"], described["KeyState"], bool(rotation["KeyRotationEnabled"]), named)


def _described(client: Callable[[str], Any], key: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    with explained(f"key {key}"):
        try:
            found: dict[str, Any] = client("kms").describe_key(KeyId=key)["KeyMetadata"]
        except ClientError as error:
            if code_of(error) == "NotFoundException":
                return None
            raise
    return found


def _left(client: Callable[[str], Any], wanted: Wanted) -> str | None:
    with explained(f"keys tagged {TAG}={wanted.stack}"):
        found = client("resourcegroupstaggingapi").get_resources(
            TagFilters=[{"Key": TAG, "Values": [wanted.stack]}], ResourceTypeFilters=["kms:key"]
        )
    return next((item["ResourceARN"] for item in found["ResourceTagMappingList"]), None)


def plan(key: Key | None, wanted: Wanted) -> Iterator[Step]:
    """What makes the key what it shall be.

    Raises:
        PreconditionError: It is on its way to be deleted.
    """
    what, arn = f"key {wanted.alias}", key.arn if key else NEW_KEY
    if key and key.state == "PendingDeletion":
        remedy = f"`aws kms cancel-key-deletion --key-id {key.arn}`"
        raise PreconditionError(f"{what}: is to be deleted, and with it all that it encrypted; stop that: {remedy}")
    if key is None:
        about = f"State and secrets of the Pulumi stack {wanted.stack}"
        tags = [{"TagKey": TAG, "TagValue": wanted.stack}]
        yield Step(what, "create", "kms", "create_key", {"Description": about, "Tags": tags})
    elif key.state == "Disabled":
        yield Step(what, "disabled -> enabled", "kms", "enable_key", {"KeyId": arn.rpartition("/")[2]})
    if key is None or not key.named:
        yield Step(what, "name it", "kms", "create_alias", {"AliasName": wanted.alias, "TargetKeyId": arn})
    if key is None or not key.rotates:
        yield Step(what, "yearly rotation off -> on", "kms", "enable_key_rotation", {"KeyId": arn})
