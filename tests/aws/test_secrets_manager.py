from __future__ import annotations

from typing import Any

import boto3
import pytest

from infra.aws import secrets_manager
from infra.errors import PreconditionError, UnavailableError
from infra.settings.secret_sources import AwsSecrets

SOURCE = AwsSecrets(region="eu-central-1", prefix="rez/production/")


def create(name: str, **value: Any) -> None:
    boto3.client("secretsmanager", region_name=SOURCE.region).create_secret(Name=SOURCE.prefix + name, **value)


def test_values_are_read_by_the_prefix_and_the_name(aws: None) -> None:
    create("JWT_SECRET", SecretString="canary-1")
    create("SENTRY_DSN", SecretString="canary-2")
    create("OTHER", SecretString="of somebody else")
    found, lines = secrets_manager.read(["JWT_SECRET", "SENTRY_DSN"], SOURCE)
    assert found == {"JWT_SECRET": "canary-1", "SENTRY_DSN": "canary-2"}
    assert lines == []


def test_more_than_one_call_can_hold_are_all_read(aws: None) -> None:
    names = [f"NAME_{number}" for number in range(43)]
    for name in names:
        create(name, SecretString=f"canary {name}")
    assert secrets_manager.read(names, SOURCE) == ({name: f"canary {name}" for name in names}, [])


def test_nothing_asked_is_nothing_called() -> None:
    assert secrets_manager.read([], SOURCE) == ({}, [])


def test_what_is_missing_or_no_text_is_said_with_the_command(aws: None) -> None:
    create("JWT_SECRET", SecretString="canary")
    create("BINARY", SecretBinary=b"canary")
    create("BLANK", SecretString=" ")
    found, lines = secrets_manager.read(["ABSENT", "JWT_SECRET", "BINARY", "BLANK"], SOURCE)
    assert found == {"JWT_SECRET": "canary"}
    absent, binary, blank = lines
    assert absent == (
        "secrets.ABSENT: secret rez/production/ABSENT is not there in eu-central-1; set it (value on stdin) with "
        "`aws secretsmanager create-secret --name rez/production/ABSENT --region eu-central-1 "
        "--secret-string file:///dev/stdin`"
    )
    for name, line in (("BINARY", binary), ("BLANK", blank)):
        assert line.startswith(f"secrets.{name}: secret rez/production/{name} has no text for its value")
        assert f"`aws secretsmanager put-secret-value --secret-id rez/production/{name} " in line


class Denying:
    def batch_get_secret_value(self, **_: Any) -> dict[str, Any]:
        error = {"SecretId": "rez/production/JWT_SECRET", "ErrorCode": "AccessDeniedException", "Message": "no"}
        return {"SecretValues": [], "Errors": [error]}


def test_a_denied_secret_is_told_from_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_manager.aws, "client", lambda *_, **__: Denying())
    with pytest.raises(PreconditionError) as caught:
        secrets_manager.read(["JWT_SECRET"], SOURCE)
    assert str(caught.value) == (
        "secret_sources.aws: AWS does not give rez/production/JWT_SECRET in eu-central-1 (AccessDeniedException); "
        "allow the role secretsmanager:GetSecretValue, and kms:Decrypt of its key: `rez bootstrap aws` does"
    )


def test_no_network_is_safe_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ENDPOINT_URL", "http://127.0.0.1:1"), ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with pytest.raises(UnavailableError, match=r"AWS unavailable: secret_sources\.aws: secrets rez/production/\*"):
        secrets_manager.read(["JWT_SECRET"], SOURCE)
