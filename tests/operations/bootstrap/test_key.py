from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError
from infra.operations.bootstrap import key
from infra.operations.bootstrap.account import plan
from tests.operations.bootstrap.support import client, key_id, lines, make

if TYPE_CHECKING:
    from infra.operations.bootstrap.account import Account
    from infra.operations.bootstrap.wanted import Wanted


def test_another_key_behind_the_alias_is_followed(made: Account) -> None:
    _name_another_key(made)
    assert [line.split(":")[0].split()[0] for line in lines(made)] == ["key", "bucket", "role", "role"]
    make(made)
    assert lines(made) == []


def _name_another_key(made: Account) -> None:
    other = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").update_alias(AliasName=made.wanted.alias, TargetKeyId=other)


def test_a_key_that_an_interrupted_run_left_without_a_name_is_taken(account: Account) -> None:
    steps = plan(account.read(), account.wanted)
    account.client("kms").create_key(**steps[0].params)
    assert "create" not in " ".join(line for line in lines(account) if line.startswith("key"))
    make(account)
    assert len(client("kms").list_keys()["Keys"]) == 1


def test_a_key_that_is_to_be_deleted_stops_everything_with_the_way_out(made: Account) -> None:
    client("kms").schedule_key_deletion(KeyId=key_id(made), PendingWindowInDays=7)
    with pytest.raises(PreconditionError, match=rf"aws kms cancel-key-deletion --key-id \S+/{key_id(made)}"):
        lines(made)


def test_an_old_key_on_its_way_out_without_a_name_is_not_taken(account: Account) -> None:
    steps = plan(account.read(), account.wanted)
    old = account.client("kms").create_key(**steps[0].params)["KeyMetadata"]["KeyId"]
    client("kms").schedule_key_deletion(KeyId=old, PendingWindowInDays=7)
    assert lines(account)[0] == "key alias/rez-infra-production: create"


def test_an_unknown_key_is_no_key(aws: None, wanted: Wanted) -> None:
    assert key.read(client, wanted) is None
