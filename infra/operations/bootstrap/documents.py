"""Policy documents: who may do what. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.operations.bootstrap.wanted import AUDIENCE, GITHUB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.operations.bootstrap.wanted import Wanted

Document = dict[str, Any]

_VERSION: Final = "2012-10-17"
TLS_ONLY: Final = "TlsOnly"


def trust(wanted: Wanted, environment: str) -> Document:
    """Who may take a role: jobs of the repository in one environment, which GitHub opens by the environment's rules."""
    claims = {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": wanted.subject(environment)}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": wanted.provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": claims},
    }
    return {"Version": _VERSION, "Statement": [statement]}


def deploying(wanted: Wanted, key_arn: str) -> Document:
    """What `up` needs: the state, its locks and the secrets; old versions of the state are out of its reach."""
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    return _permissions(wanted, objects, [_allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], key_arn)])


def reading(wanted: Wanted, key_arn: str) -> Document:
    """What a preview needs: it takes no lock and writes nothing, but decrypts the stack's secrets."""
    return _permissions(wanted, ["s3:GetObject"], [_allow("Key", ["kms:Decrypt"], key_arn)])


def _permissions(wanted: Wanted, objects: Sequence[str], more: Sequence[Document]) -> Document:
    statements = [
        _allow("StateBucket", ["s3:ListBucket"], wanted.bucket_arn),
        _allow("State", objects, f"{wanted.bucket_arn}/.pulumi/*"),
        *more,
    ]
    if wanted.secret_arns:
        statements += [
            _allow("Secrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], wanted.secret_arns),
            # Asks for several at once; each still needs the permission above.
            _allow("SeveralSecrets", ["secretsmanager:BatchGetSecretValue"], "*"),
        ]
    return {"Version": _VERSION, "Statement": statements}


def _allow(name: str, actions: Sequence[str], resource: str) -> Document:
    return {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def bucket_policy(wanted: Wanted, found: Document | None) -> Document:
    """The bucket's policy with plain HTTP denied; statements of others are kept.

    Args:
        wanted: What there shall be.
        found: The policy that is there.
    """
    statement = {
        "Sid": TLS_ONLY,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [wanted.bucket_arn, f"{wanted.bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    document = found or {"Version": _VERSION, "Statement": []}
    if statement in document["Statement"]:
        return document
    others = [other for other in document["Statement"] if other.get("Sid") != TLS_ONLY]
    return document | {"Statement": [*others, statement]}
