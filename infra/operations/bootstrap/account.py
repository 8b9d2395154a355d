"""The whole of it for one account: facts, plan, steps, and what a person puts where afterwards."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from infra.aws import client as aws
from infra.errors import RezError
from infra.operations.bootstrap import bucket, documents, key, provider, role
from infra.operations.bootstrap.step import NEW_KEY, Step
from infra.operations.bootstrap.wanted import Secrets, Wanted, default_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.settings import Settings

_SEEN_WITHIN_S: Final = 30.0
"""AWS may answer for so long as if a change had not happened yet."""


@dataclass(frozen=True)
class Facts:
    """What is there.

    Attributes:
        key: The key, None if there is none.
        bucket: The bucket, None if its name is free.
        audiences: The identity provider's, None if there is no provider.
        deployer: The role of jobs that change the stack.
        reader: The role of jobs that read.
    """

    key: key.Key | None
    bucket: bucket.Bucket | None
    audiences: tuple[str, ...] | None
    deployer: role.Role | None
    reader: role.Role | None


@dataclass(frozen=True)
class Account:
    """One account in one region, and what it shall hold.

    Attributes:
        client: Makes a client for a service.
        wanted: What there shall be.
    """

    client: Callable[[str], Any]
    wanted: Wanted

    @classmethod
    def of(cls, settings: Settings, *, region: str, repository: str, bucket: str | None) -> Account:
        """The account of whoever is signed in.

        Args:
            settings: The stack's settings.
            region: Where bucket and key shall be.
            repository: GitHub's name of the repository.
            bucket: The bucket's name, None for one made of stack, account and region.

        Raises:
            PreconditionError: Nobody is signed in.
            UnavailableError: AWS does not answer.
        """
        client = aws.clients(region)
        with aws.explained("the account"):
            me = client("sts").get_caller_identity()
        source = settings.secret_sources.aws
        wanted = Wanted(
            partition=me["Arn"].split(":")[1],
            account=me["Account"],
            region=region,
            stack=settings.stack,
            repository=repository,
            bucket=bucket or default_bucket(settings.stack, me["Account"], region),
            secrets=Secrets(source.region, source.prefix) if source else None,
        )
        return cls(client, wanted)

    def read(self) -> Facts:
        """What is there.

        Raises:
            PreconditionError: The bucket is somebody else's, or reading is denied.
            UnavailableError: AWS does not answer.
        """
        return Facts(
            key.read(self.client, self.wanted),
            bucket.read(self.client, self.wanted),
            provider.read(self.client, self.wanted),
            role.read(self.client, self.wanted.deployer),
            role.read(self.client, self.wanted.reader),
        )

    def carry_out(self, steps: Sequence[Step], say: Callable[[str], None]) -> None:
        """Do what a plan says, and look whether it is so.

        Args:
            steps: The plan.
            say: Called with a line for each step.

        Raises:
            RezError: A step failed; those before it are done, and the next run goes on from there.
        """
        key_arn = NEW_KEY
        for number, step in enumerate(steps):
            say(f"{number + 1}/{len(steps)} {step.line()}")
            try:
                answer = self._call(step.with_key(key_arn))
            except RezError as error:
                message = f"{error}\n{number} of {len(steps)} steps are done: the same command goes on from there"
                raise type(error)(message) from None
            key_arn = answer["KeyMetadata"]["Arn"] if step.call == "create_key" else key_arn
        self._see(say)

    def _call(self, step: Step) -> Any:
        from botocore.exceptions import ClientError

        with aws.explained(step.what):
            try:
                return getattr(self.client(step.service), step.call)(**step.params)
            except ClientError as error:
                if aws.code_of(error) == "BucketAlreadyExists":  # taken since we looked
                    raise bucket.taken(self.wanted.bucket) from None
                raise

    def _see(self, say: Callable[[str], None]) -> None:
        deadline = time.monotonic() + _SEEN_WITHIN_S
        while left := plan(self.read(), self.wanted):
            if time.monotonic() > deadline:
                raise RezError("done, but AWS does not show it yet:\n" + "\n".join(step.line() for step in left))
            say("waiting until AWS shows all of it")
            time.sleep(2)


def plan(facts: Facts, wanted: Wanted) -> list[Step]:
    """What makes the account what it shall be; nothing if it is. Pure.

    Raises:
        PreconditionError: The key is to be deleted, or the bucket is in another region.
    """
    arn = facts.key.arn if facts.key else NEW_KEY
    return [
        *key.plan(facts.key, wanted),
        *bucket.plan(facts.bucket, wanted, arn),
        *provider.plan(facts.audiences, wanted),
        *role.plan(
            facts.deployer,
            wanted.deployer,
            about=f"GitHub jobs that change the stack {wanted.stack}",
            trust=documents.trust(wanted, wanted.stack),
            policy=documents.deploying(wanted, arn),
        ),
        *role.plan(
            facts.reader,
            wanted.reader,
            about=f"GitHub jobs that preview the stack {wanted.stack} and look for drift",
            trust=documents.trust(wanted, wanted.reading_environment),
            policy=documents.reading(wanted, arn),
        ),
    ]


def notes(facts: Facts, wanted: Wanted) -> list[str]:
    """What a person should know beside the plan. Pure."""
    lines = [*role.notes(facts.deployer, wanted.deployer), *role.notes(facts.reader, wanted.reader)]
    if "@" not in wanted.repository:
        lines.append(
            "GitHub names repositories made or renamed since 2026-07-15 with numbers: for one of these "
            "say --repository OWNER@ID/NAME@ID, else its jobs are refused"
        )
    return lines


def results(wanted: Wanted, *, endpoint: str | None = None) -> dict[str, str]:
    """What a person puts into the environment, the stack and GitHub's variables. Pure.

    Args:
        wanted: What there is now.
        endpoint: Another address than AWS's own.
    """
    options = {"region": wanted.region}
    if endpoint:
        options |= {"endpoint": endpoint, "s3ForcePathStyle": "true"}
    return {
        "PULUMI_BACKEND_URL": f"s3://{wanted.bucket}?{urlencode(options, safe=':/')}",
        "SECRETS_PROVIDER": f"awskms://{wanted.alias}?region={wanted.region}",
        "AWS_REGION": wanted.region,
        "AWS_DEPLOY_ROLE": wanted.role_arn(wanted.deployer),
        "AWS_READ_ROLE": wanted.role_arn(wanted.reader),
    }


def endpoint() -> str | None:
    """Another address for S3 than AWS's own, which the engine must be told by its URL."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
