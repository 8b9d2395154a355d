from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest

from infra.errors import PreconditionError
from infra.operations.bootstrap import bucket
from infra.operations.bootstrap.account import Account, Facts, plan
from tests.operations.bootstrap.support import REGION, client, lines, make

if TYPE_CHECKING:
    from infra.operations.bootstrap.wanted import Wanted


@pytest.fixture
def strangers_bucket(aws: None, monkeypatch: pytest.MonkeyPatch) -> str:
    taken = client("sts").assume_role(RoleArn="arn:aws:iam::999999999999:role/x", RoleSessionName="stranger")
    them = boto3.client(
        "s3",
        region_name=REGION,
        aws_access_key_id=taken["Credentials"]["AccessKeyId"],
        aws_secret_access_key=taken["Credentials"]["SecretAccessKey"],
        aws_session_token=taken["Credentials"]["SessionToken"],
    )
    them.create_bucket(Bucket="strangers-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    return "strangers-bucket"


def named(account: Account, name: str) -> Account:
    return Account(account.client, replace(account.wanted, bucket=name))


def test_a_bucket_of_somebody_else_is_one_clear_line_and_nothing_is_touched(
    account: Account, strangers_bucket: str
) -> None:
    with pytest.raises(PreconditionError) as caught:
        lines(named(account, strangers_bucket))
    assert str(caught.value) == (
        "bucket strangers-bucket: belongs to another account; name one of your own with --bucket"
    )
    assert account.read() == Facts(None, None, None, None, None)


def test_a_bucket_that_somebody_takes_meanwhile_says_how_far_it_came(account: Account, strangers_bucket: str) -> None:
    theirs = named(account, strangers_bucket)
    steps = plan(Facts(None, None, None, None, None), theirs.wanted)
    with pytest.raises(PreconditionError, match="another account") as caught:
        theirs.carry_out(steps, lambda _: None)
    assert "3 of 14 steps are done: the same command goes on from there" in str(caught.value)
    make(account)
    assert lines(account) == []


def test_a_bucket_in_another_region_is_refused(account: Account) -> None:
    elsewhere = boto3.client("s3", region_name="eu-west-1")
    elsewhere.create_bucket(Bucket=account.wanted.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(PreconditionError, match="is in eu-west-1, not in eu-central-1"):
        lines(account)


def test_the_oldest_region_is_named_by_leaving_it_out(wanted: Wanted) -> None:
    first, *_ = bucket.plan(None, replace(wanted, region="us-east-1"), "key")
    assert first.params == {"Bucket": wanted.bucket}


def test_rules_and_statements_of_others_are_kept(made: Account) -> None:
    s3, name = client("s3"), made.wanted.bucket
    theirs = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [theirs]})
    statement = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObjectAcl", "Resource": "*"}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    make(made)
    found = made.read().bucket
    assert found is not None
    assert [rule["ID"] for rule in found.lifecycle] == ["theirs", "rez-old-versions"]
    assert found.policy is not None
    assert [each["Sid"] for each in found.policy["Statement"]] == ["Theirs", "TlsOnly"]
