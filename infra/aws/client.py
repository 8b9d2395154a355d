"""Clients by boto3's ordinary chain of credentials, and AWS's failures in our words."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.exceptions import BotoCoreError, ClientError

_SIGN_IN: Final = "sign in first: AWS_PROFILE names a profile, `aws sso login` renews it, a GitHub job assumes its role"
_NOBODY: Final = frozenset({
    "CredentialRetrievalError", "LoginError", "MetadataRetrievalError", "NoAuthTokenError", "NoCredentialsError",
    "PartialCredentialsError", "RefreshWithMFAUnsupportedError", "SSOError", "TokenRetrievalError",
})  # fmt: skip
"""Exceptions, by name because their list grows, that say that nobody is signed in."""
_MISCONFIGURED: Final = frozenset({"ConfigParseError", "InvalidRegionError", "NoRegionError", "ProfileNotFound"})
_STRANGERS: Final = frozenset({
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
    "InvalidToken", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""Codes of answers to credentials that are unknown or too old."""
_DENIALS: Final = frozenset({"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BUSY: Final = frozenset({"RequestLimitExceeded", "RequestTimeout", "SlowDown", "Throttling", "ThrottlingException"})
_SERVER_ERROR: Final = 500


def client(service: str, *, region: str | None, profile: str | None = None, endpoint: str | None = None) -> Any:
    """A client for one service.

    Args:
        service: boto3's name of it, such as `s3`.
        region: None for the one that the environment or the profile names.
        profile: A profile of the shared configuration, None for the environment's.
        endpoint: Another address than AWS's own; None for that of `AWS_ENDPOINT_URL`, if set.

    Raises:
        PreconditionError: There is no such profile, nothing names a region, or the address is none.
    """
    return _client(_session(region, profile), service, endpoint)


def clients(region: str) -> Callable[[str], Any]:
    """Clients for several services of one region, each made once.

    Raises:
        PreconditionError: There is no such profile.
    """
    session = _session(region, None)
    return cache(lambda service: _client(session, service, None))


def _session(region: str | None, profile: str | None) -> Any:
    import boto3

    with explained("AWS"):
        return boto3.Session(profile_name=profile, region_name=region)


def _client(session: Any, service: str, endpoint: str | None) -> Any:
    from botocore.config import Config

    patience = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
    with explained(service):
        try:
            return session.client(service, endpoint_url=endpoint, config=patience)
        except ValueError as error:  # botocore's own for an address that is none
            raise PreconditionError(f"{service}: {line(error)}; correct AWS_ENDPOINT_URL") from None


def code_of(error: ClientError) -> str:
    """AWS's own short name of a failure, such as `NoSuchBucket`."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn AWS's failures into ours.

    Args:
        what: What was asked or changed, for the message.

    Raises:
        PreconditionError: Nobody is signed in, or whoever is may not do this.
        UnavailableError: AWS does not answer, or asks to come back later.
        RezError: Any other failure, in AWS's own words.
    """
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        raise _answered(what, error) from None
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        raise _away(what, line(error)) from None
    except exceptions.BotoCoreError as error:
        raise _unasked(what, error) from None


def _unasked(what: str, error: BotoCoreError) -> RezError:
    """What went wrong before AWS was asked."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _NOBODY:
        return PreconditionError(f"{what}: AWS knows nobody here: {line(error)}; {_SIGN_IN}")
    if names & _MISCONFIGURED:
        return PreconditionError(f"{what}: {line(error)}; correct AWS_PROFILE, AWS_DEFAULT_REGION or ~/.aws/config")
    return RezError(f"{what}: {line(error)}")


def _answered(what: str, error: ClientError) -> RezError:
    code, answer = code_of(error), error.response
    message = line(answer.get("Error", {}).get("Message") or code)
    if code in _STRANGERS:
        return PreconditionError(f"{what}: AWS does not accept these credentials ({code}): {message}; {_SIGN_IN}")
    if code in _DENIALS:
        denied = f"{what}: AWS denies {error.operation_name}: {message}"
        return PreconditionError(f"{denied}; use credentials that may, or let an administrator grant it")
    if code == "NoSuchBucket":
        remedy = "make it with `rez bootstrap aws`, or correct PULUMI_BACKEND_URL"
        return PreconditionError(f"{what}: there is no such bucket; {remedy}")
    if code in _BUSY or answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
        return _away(what, f"{code}: {message}")
    return RezError(f"{what}: {error.operation_name} failed ({code}): {message}")


def _away(what: str, why: str) -> UnavailableError:
    return UnavailableError(f"AWS unavailable: {what}: {why}; safe to repeat later")
