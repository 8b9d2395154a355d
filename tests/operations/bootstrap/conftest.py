from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from infra.operations.bootstrap.account import Account
from infra.operations.bootstrap.wanted import Wanted
from tests.operations.bootstrap.support import REGION, client, make

if TYPE_CHECKING:
    from collections.abc import Iterator

WANTED = Wanted(
    partition="aws",
    account="123456789012",
    region=REGION,
    stack="production",
    repository="rezapp/rez-infra",
    bucket="rez-infra-production-123456789012-eu-central-1",
)


@pytest.fixture
def wanted() -> Wanted:
    return WANTED


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def account(aws: None) -> Account:
    return Account(client, WANTED)


@pytest.fixture
def made(account: Account) -> Account:
    make(account)
    return account
