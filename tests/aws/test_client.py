from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore import exceptions

from infra.aws.client import client, explained
from infra.errors import PreconditionError, RezError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


def answer(code: str, status: int = 400, message: str = "in AWS's words") -> exceptions.ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return exceptions.ClientError(response, "PutThing")


@pytest.mark.parametrize(
    ("failure", "ours", "said"),
    [
        (answer("AccessDenied", 403), PreconditionError, "the thing: AWS denies PutThing: in AWS's words"),
        (answer("403", 403, ""), PreconditionError, "the thing: AWS denies PutThing: 403"),
        (answer("ExpiredToken"), PreconditionError, "does not accept these credentials (ExpiredToken)"),
        (answer("InvalidClientTokenId", 403), PreconditionError, "aws sso login"),
        (answer("NoSuchBucket", 404), PreconditionError, "there is no such bucket; make it with `rez bootstrap aws`"),
        (answer("ThrottlingException"), UnavailableError, "AWS unavailable: the thing: ThrottlingException"),
        (answer("InternalError", 500), UnavailableError, "AWS unavailable: the thing: InternalError"),
        (answer("MalformedPolicy"), RezError, "the thing: PutThing failed (MalformedPolicy): in AWS's words"),
        (exceptions.NoCredentialsError(), PreconditionError, "the thing: AWS knows nobody here"),
        (exceptions.UnauthorizedSSOTokenError(), PreconditionError, "AWS knows nobody here"),
        (exceptions.ProfileNotFound(profile="x"), PreconditionError, "correct AWS_PROFILE"),
        (exceptions.NoRegionError(), PreconditionError, "AWS_DEFAULT_REGION"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), UnavailableError, "AWS unavailable: the thing"),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), UnavailableError, "safe to repeat"),
        (exceptions.SSLError(endpoint_url="https://x", error="bad"), UnavailableError, "https://x"),
        (exceptions.ParamValidationError(report="bad"), RezError, "the thing: Parameter validation failed"),
    ],
)
def test_awss_failures_are_ours_with_a_remedy(failure: Exception, ours: type[RezError], said: str) -> None:
    with pytest.raises(RezError) as caught, explained("the thing"):
        raise failure
    assert type(caught.value) is ours
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_failures_that_are_not_awss_go_through() -> None:
    with pytest.raises(ZeroDivisionError), explained("the thing"):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("AWS_PROFILE", "nobody", "AWS_PROFILE"), ("AWS_ENDPOINT_URL", "nowhere", "correct AWS_ENDPOINT_URL")],
)
def test_a_wrong_environment_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv(name, value)
    with pytest.raises(PreconditionError, match=said):
        client("s3", region="eu-central-1")


def test_without_any_region_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(PreconditionError, match="specify a region"):
        client("kms", region=None)
