"""What the tests of this folder ask of an account, and do to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from infra.operations.bootstrap.account import plan

if TYPE_CHECKING:
    from infra.operations.bootstrap.account import Account

REGION = "eu-central-1"


def lines(account: Account) -> list[str]:
    return [step.line() for step in plan(account.read(), account.wanted)]


def make(account: Account) -> list[str]:
    said: list[str] = []
    account.carry_out(plan(account.read(), account.wanted), said.append)
    return said


@cache
def client(service: str) -> Any:
    """A client under moto; made once, because that is what takes the time."""
    return boto3.client(service, region_name=REGION)


def key_id(made: Account) -> str:
    found = made.read().key
    assert found is not None
    return found.arn.rpartition("/")[2]
