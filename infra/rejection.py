"""A Kubernetes `Status` answer as an error with one readable line for each refused field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.errors import RezError
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Mapping

_QUOTES_VALUES = frozenset({400, 422, 500})


class ApiError(RezError):
    """The API server answered, and refused.

    Attributes:
        status: HTTP status code.
        reason: Machine-readable reason, such as `Invalid`, `Conflict`, `NotFound`.
        causes: One mapping with `field`, `message` and `reason` for each field that was refused.
    """

    def __init__(
        self, message: str, *, status: int, reason: str = "", causes: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.causes = causes or []


def from_status(status: Mapping[str, Any], code: int, subject: str, *, secret: bool = False) -> ApiError:
    """Turn a `Status` object into an error.

    Args:
        status: The answer of the API server.
        code: Its HTTP status code.
        subject: What was asked for, such as `Deployment production/merchant-backend`.
        secret: The request held secret values, which the answer may quote: only fields and reasons are kept.
    """
    withheld = secret and code in _QUOTES_VALUES
    causes = [_cause(cause, withheld=withheld) for cause in (status.get("details") or {}).get("causes") or []]
    reason = status.get("reason") or f"HTTP {code}"
    if causes:
        lines = [": ".join(part for part in (subject, cause["field"], cause["message"]) if part) for cause in causes]
    elif withheld:
        lines = [f"{subject}: {reason}: the API server's message is withheld because it may quote a secret value"]
    else:
        lines = [f"{subject}: {line(status.get('message') or reason, limit=None)}"]
    return ApiError("\n".join(lines), status=code, reason=reason, causes=causes)


def subject_of(manifest: Mapping[str, Any] | None) -> str:
    """Name an object as `Kind namespace/name`; "" if it is not an object with a name."""
    metadata = (manifest or {}).get("metadata") or {}
    if manifest is None or not metadata.get("name"):
        return ""
    return f"{manifest['kind']} " + "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))


def _cause(cause: Mapping[str, str], *, withheld: bool) -> dict[str, str]:
    message, reason = line(cause.get("message", ""), limit=None), cause.get("reason", "")
    if withheld:
        message = "field is immutable" if "immutable" in message else reason
    return {"field": cause.get("field", "").removeprefix("."), "message": message, "reason": reason}
