from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import RezError, UnavailableError
from infra.local.paths import ROOT
from infra.operations.bootstrap.account import Account, Facts, notes, plan, results
from infra.operations.bootstrap.step import NEW_KEY
from infra.settings import load
from infra.settings.secret_sources import AwsSecrets, SecretSources
from tests.operations.bootstrap.support import REGION, client, key_id, lines, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.operations.bootstrap.wanted import Wanted


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
    client("kms").disable_key(KeyId=key_id(made))


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
        lambda made: client("kms").disable_key_rotation(KeyId=key_id(made)),
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


def test_the_account_is_that_of_whoever_is_signed_in(aws: None, wanted: Wanted) -> None:
    found = Account.of(load("production", ROOT), region=REGION, repository="rezapp/rez-infra", bucket=None)
    assert found.wanted == wanted


def test_the_roles_may_read_the_secrets_that_the_stacks_settings_point_to(aws: None) -> None:
    source = AwsSecrets(region="eu-west-1", prefix="ours/")
    settings = load("production", ROOT).model_copy(update={"secret_sources": SecretSources(aws=source)})
    wanted = Account.of(settings, region=REGION, repository="a/b", bucket=None).wanted
    assert wanted.secret_arns == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ours/*"


def test_an_account_out_of_reach_is_safe_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(UnavailableError, match="AWS unavailable: the account"):
        Account.of(load("production", ROOT), region=REGION, repository="a/b", bucket=None)
