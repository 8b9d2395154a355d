from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.local.paths import ROOT
from infra.operations.bootstrap import bucket, key, provider, role
from infra.operations.bootstrap.account import Account, Facts, notes, plan, results
from infra.operations.bootstrap.step import NEW_KEY
from infra.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.operations.bootstrap.wanted import Wanted

REGION = "eu-central-1"


def lines(account: Account) -> list[str]:
    return [step.line() for step in plan(account.read(), account.wanted)]


def make(account: Account) -> list[str]:
    said: list[str] = []
    account.carry_out(plan(account.read(), account.wanted), said.append)
    return said


@pytest.fixture
def made(account: Account) -> Account:
    make(account)
    return account


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def test_an_empty_account_gets_everything_and_a_second_run_finds_nothing_to_do(account: Account) -> None:
    before = account.read()
    assert before == Facts(None, None, None, None, None)
    assert len(make(account)) == len(plan(before, account.wanted)) == 14
    assert lines(account) == []


def test_a_plan_touches_nothing(account: Account) -> None:
    assert lines(account)
    assert account.read() == Facts(None, None, None, None, None)


def test_what_there_is_then(made: Account) -> None:
    facts = made.read()
    assert facts.key is not None
    assert (facts.key.state, facts.key.rotates, facts.key.named) == ("Enabled", True, True)
    assert facts.bucket is not None
    assert facts.bucket.versioned
    assert set(facts.bucket.closed.values()) == {True}
    encryption = facts.bucket.encryption["ApplyServerSideEncryptionByDefault"]
    assert encryption == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": facts.key.arn}
    assert facts.deployer is not None
    assert facts.deployer.policy is not None
    assert NEW_KEY not in json.dumps(facts.deployer.policy)
    assert facts.key.arn in json.dumps(facts.deployer.policy)


def _disable_key(made: Account) -> None:
    client("kms").disable_key(KeyId=_key_id(made))


def _key_id(made: Account) -> str:
    found = made.read().key
    assert found is not None
    return found.arn.rpartition("/")[2]


def _name_another_key(made: Account) -> None:
    other = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").update_alias(AliasName=made.wanted.alias, TargetKeyId=other)


def _trust_everybody(made: Account) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
    }
    client("iam").update_assume_role_policy(RoleName=made.wanted.deployer, PolicyDocument=json.dumps(document))


def _allow_all(made: Account) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    client("iam").put_role_policy(
        RoleName=made.wanted.reader, PolicyName="rez-infra", PolicyDocument=json.dumps(document)
    )


DIFFERENCES: dict[str, tuple[Callable[[Account], Any], str]] = {
    "public access": (
        lambda made: client("s3").put_public_access_block(
            Bucket=made.wanted.bucket,
            PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True},
        ),
        "BlockPublicPolicy, RestrictPublicBuckets off -> on",
    ),
    "public access never set": (
        lambda made: client("s3").delete_public_access_block(Bucket=made.wanted.bucket),
        "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off -> on",
    ),
    "versioning": (
        lambda made: client("s3").put_bucket_versioning(
            Bucket=made.wanted.bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        "versioning off -> on",
    ),
    "encryption": (
        lambda made: client("s3").delete_bucket_encryption(Bucket=made.wanted.bucket),
        "encryption AWS's default -> alias/rez-infra-production",
    ),
    "plain HTTP": (
        lambda made: client("s3").delete_bucket_policy(Bucket=made.wanted.bucket),
        "plain HTTP allowed -> denied",
    ),
    "lifecycle": (
        lambda made: client("s3").delete_bucket_lifecycle(Bucket=made.wanted.bucket),
        "old versions kept for ever -> for 90 days",
    ),
    "disabled key": (_disable_key, "disabled -> enabled"),
    "rotation": (
        lambda made: client("kms").disable_key_rotation(KeyId=_key_id(made)),
        "yearly rotation off -> on",
    ),
    "trust": (_trust_everybody, "may be taken by others -> repo:rezapp/rez-infra:environment:production"),
    "permissions": (_allow_all, "may do s3:* -> s3:ListBucket, s3:GetObject, kms:Decrypt"),
    "no permissions": (
        lambda made: client("iam").delete_role_policy(RoleName=made.wanted.deployer, PolicyName="rez-infra"),
        "may do nothing -> ",
    ),
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_what_differs_is_shown_as_one_change_and_mended(made: Account, difference: str) -> None:
    spoil, said = DIFFERENCES[difference]
    spoil(made)
    (line,) = lines(made)
    assert said in line
    make(made)
    assert lines(made) == []


def test_another_key_behind_the_alias_is_followed(made: Account) -> None:
    _name_another_key(made)
    assert [line.split(":")[0].split()[0] for line in lines(made)] == ["key", "bucket", "role", "role"]
    make(made)
    assert lines(made) == []


def test_a_key_that_an_interrupted_run_left_without_a_name_is_taken(account: Account) -> None:
    steps = plan(account.read(), account.wanted)
    account.client("kms").create_key(**steps[0].params)
    assert "create" not in " ".join(line for line in lines(account) if line.startswith("key"))
    make(account)
    assert len(client("kms").list_keys()["Keys"]) == 1


def test_a_key_that_is_to_be_deleted_stops_everything_with_the_way_out(made: Account) -> None:
    client("kms").schedule_key_deletion(KeyId=_key_id(made), PendingWindowInDays=7)
    with pytest.raises(PreconditionError, match=rf"aws kms cancel-key-deletion --key-id \S+/{_key_id(made)}"):
        lines(made)


def test_an_old_key_on_its_way_out_without_a_name_is_not_taken(account: Account) -> None:
    steps = plan(account.read(), account.wanted)
    old = account.client("kms").create_key(**steps[0].params)["KeyMetadata"]["KeyId"]
    client("kms").schedule_key_deletion(KeyId=old, PendingWindowInDays=7)
    assert lines(account)[0] == "key alias/rez-infra-production: create"


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


def test_an_identity_provider_of_others_gets_the_audience_and_loses_none(wanted: Wanted) -> None:
    (step,) = provider.plan(("theirs",), wanted)
    iam = client("iam")
    with Stubber(iam) as stub:  # moto does not know this call
        stub.add_response(
            step.call, {}, {"OpenIDConnectProviderArn": wanted.provider_arn, "ClientID": "sts.amazonaws.com"}
        )
        getattr(iam, step.call)(**step.params)
    assert list(provider.plan(("theirs", "sts.amazonaws.com"), wanted)) == []


DESCRIBE = {"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": "*"}


def test_policies_of_others_on_a_role_are_left_and_told(made: Account) -> None:
    arn = client("iam").create_policy(
        PolicyName="cluster", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [DESCRIBE]})
    )["Policy"]["Arn"]
    client("iam").attach_role_policy(RoleName=made.wanted.deployer, PolicyArn=arn)
    assert lines(made) == []
    assert notes(made.read(), made.wanted)[0] == (
        "role rez-infra-production-deploy: has more policies than ours, left as they are: cluster"
    )


def test_a_name_without_numbers_gets_the_note_on_new_repositories(wanted: Wanted) -> None:
    nothing = Facts(None, None, None, None, None)
    assert "OWNER@ID/NAME@ID" in " ".join(notes(nothing, wanted))
    assert notes(nothing, replace(wanted, repository="rezapp@1/rez-infra@2")) == []


def test_the_results_are_what_engine_and_github_take(wanted: Wanted) -> None:
    assert results(wanted) == {
        "PULUMI_BACKEND_URL": f"s3://{wanted.bucket}?region=eu-central-1",
        "SECRETS_PROVIDER": "awskms://alias/rez-infra-production?region=eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_DEPLOY_ROLE": "arn:aws:iam::123456789012:role/rez-infra-production-deploy",
        "AWS_READ_ROLE": "arn:aws:iam::123456789012:role/rez-infra-production-read",
    }
    elsewhere = results(wanted, endpoint="http://127.0.0.1:5000")["PULUMI_BACKEND_URL"]
    assert elsewhere.endswith("?region=eu-central-1&endpoint=http://127.0.0.1:5000&s3ForcePathStyle=true")


def test_what_aws_does_not_show_in_time_is_a_failure(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.operations.bootstrap.account._SEEN_WITHIN_S", -1.0)
    with pytest.raises(RezError, match="AWS does not show it yet:\nkey alias/rez-infra-production: create"):
        account.carry_out([], lambda _: None)


def test_an_account_out_of_reach_is_safe_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(UnavailableError, match="AWS unavailable: the account"):
        Account.of(load("production", ROOT), region=REGION, repository="a/b", bucket=None)


def test_a_role_whose_trust_is_no_githubs_is_said_to_be_others(wanted: Wanted) -> None:
    found = role.Role({"Statement": [{"Effect": "Allow"}]}, None, ())
    first, _ = role.plan(found, "name", about="", trust={"Statement": []}, policy={"Statement": []})
    assert "may be taken by others -> others" in first.line()


def test_an_unknown_key_is_no_key(aws: None, wanted: Wanted) -> None:
    assert key.read(client, wanted) is None
