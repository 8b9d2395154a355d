"""What a stack's account shall hold: names and their sense. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from infra.errors import PreconditionError
from infra.settings.model import LOCAL

GITHUB: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_])?"
_REPOSITORY = re.compile(rf"(?P<owner>{_NAME})(?P<owner_id>@[0-9]+)?/(?P<name>{_NAME})(?P<name_id>@[0-9]+)?")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_STACK = re.compile(r"[a-z][a-z0-9-]{0,20}")


@dataclass(frozen=True)
class Secrets:
    """Secrets of Secrets Manager that the stack's settings point to.

    Attributes:
        region: Where they are.
        prefix: What their names begin with.
    """

    region: str
    prefix: str


@dataclass(frozen=True)
class Wanted:
    """What there shall be.

    Attributes:
        partition: The part of AWS that the account is in, such as `aws`.
        account: Account number.
        region: Where bucket and key are.
        stack: The stack's name, also that of GitHub's environment that deploys it.
        repository: `OWNER/NAME`, or `OWNER@ID/NAME@ID` for one with immutable subject claims.
        bucket: The bucket for the state.
        secrets: Where the stack's application secrets are, None if they are in its stack file.
    """

    partition: str
    account: str
    region: str
    stack: str
    repository: str
    bucket: str
    secrets: Secrets | None = None

    @property
    def alias(self) -> str:
        """The key's name."""
        return f"alias/rez-infra-{self.stack}"

    @property
    def bucket_arn(self) -> str:
        """The bucket as policies name it."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def provider_arn(self) -> str:
        """GitHub as an identity provider of the account, which has one for all repositories."""
        return f"arn:{self.partition}:iam::{self.account}:oidc-provider/{GITHUB}"

    @property
    def secret_arns(self) -> str | None:
        """The application secrets as policies name them."""
        if self.secrets is None:
            return None
        where = f"{self.secrets.region}:{self.account}"
        return f"arn:{self.partition}:secretsmanager:{where}:secret:{self.secrets.prefix}*"

    def role_arn(self, role: str) -> str:
        """A role as GitHub's jobs name it."""
        return f"arn:{self.partition}:iam::{self.account}:role/{role}"

    @property
    def deployer(self) -> str:
        """The role of jobs that change the stack."""
        return f"rez-infra-{self.stack}-deploy"

    @property
    def reader(self) -> str:
        """The role of jobs that preview the stack and look for drift."""
        return f"rez-infra-{self.stack}-read"

    @property
    def reading_environment(self) -> str:
        """GitHub's environment of jobs that read: no reviewers, but only the main branch and tags."""
        return f"{self.stack}-read"

    def subject(self, environment: str) -> str:
        """How GitHub's tokens name a job of the repository in one of its environments."""
        return f"repo:{self.repository}:environment:{environment}"


def default_bucket(stack: str, account: str, region: str) -> str:
    """A bucket's name that nobody else has reason to take."""
    return f"rez-infra-{stack}-{account}-{region}"


def refuse(*, stack: str, region: str, repository: str, bucket: str | None) -> None:
    """Refuse names that AWS or GitHub would refuse, or would take for something else.

    Raises:
        PreconditionError: With a line for each.
    """
    match = _REPOSITORY.fullmatch(repository)
    checks = [
        (match, f"--repository: {repository!r} must be OWNER/NAME, or OWNER@ID/NAME@ID with GitHub's numbers of both"),
        (not match or bool(match["owner_id"]) == bool(match["name_id"]), "--repository: give both numbers or none"),
        (_REGION.fullmatch(region), f"--region: {region!r} must be written like eu-central-1"),
        (stack != LOCAL, f"--stack: {LOCAL} keeps its state and dummy secrets on this machine"),
        (_STACK.fullmatch(stack), f"--stack: {stack!r} must be short, of small letters, digits and dashes"),
        (
            bucket is None or _BUCKET.fullmatch(bucket),
            f"--bucket: {bucket!r} must be 3 to 63 small letters, digits and dashes",
        ),
    ]
    if lines := [line for good, line in checks if not good]:
        raise PreconditionError("\n".join(lines))
