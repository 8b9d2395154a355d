from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.operations.bootstrap import documents
from infra.operations.bootstrap.wanted import Secrets

if TYPE_CHECKING:
    from infra.operations.bootstrap.wanted import Wanted

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


@pytest.fixture
def wanted(wanted: Wanted) -> Wanted:
    return replace(wanted, secrets=Secrets("eu-central-1", "rez/production/"))


def actions(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_a_role_is_taken_by_one_environment_of_one_repository(wanted: Wanted) -> None:
    (statement,) = documents.trust(wanted, "production")["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:rezapp/rez-infra:environment:production",
        }
    }
    assert statement["Principal"] == {"Federated": wanted.provider_arn}


def test_immutable_subjects_carry_githubs_numbers(wanted: Wanted) -> None:
    numbered = replace(wanted, repository="rezapp@1/rez-infra@2")
    assert numbered.subject("production") == "repo:rezapp@1/rez-infra@2:environment:production"


def test_who_deploys_writes_the_state_and_can_neither_list_nor_delete_its_old_versions(wanted: Wanted) -> None:
    found = actions(documents.deploying(wanted, KEY))
    assert {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "kms:Decrypt", "kms:GenerateDataKey"} <= found
    assert not [action for action in found if "Version" in action or "*" in action]


def test_who_reads_writes_nothing(wanted: Wanted) -> None:
    found = actions(documents.reading(wanted, KEY))
    assert not [action for action in found if any(verb in action for verb in ("Put", "Delete", "Create", "Encrypt"))]
    assert "kms:GenerateDataKey" not in found


def test_nothing_is_allowed_on_everything_but_asking_for_several_secrets(wanted: Wanted) -> None:
    for document in (documents.deploying(wanted, KEY), documents.reading(wanted, KEY)):
        wide = [statement["Action"] for statement in document["Statement"] if statement["Resource"] == "*"]
        assert wide == [["secretsmanager:BatchGetSecretValue"]]
        named = [s["Resource"] for s in document["Statement"] if "secretsmanager:GetSecretValue" in s["Action"]]
        assert named == ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:rez/production/*"]


def test_without_secrets_elsewhere_secrets_manager_is_closed(wanted: Wanted) -> None:
    inside = replace(wanted, secrets=None)
    assert not [action for action in actions(documents.deploying(inside, KEY)) if "secretsmanager" in action]


def test_the_buckets_policy_keeps_the_statements_of_others_and_replaces_a_bent_one_of_ours(wanted: Wanted) -> None:
    theirs = {"Sid": "Backup", "Effect": "Allow"}
    bent = {"Sid": "TlsOnly", "Effect": "Allow"}
    made = documents.bucket_policy(wanted, {"Version": "2012-10-17", "Statement": [bent, theirs]})
    assert made["Statement"][0] == theirs
    (ours,) = made["Statement"][1:]
    assert (ours["Effect"], ours["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert documents.bucket_policy(wanted, made) == made
