"""One JSON answer of a monitoring service; what fails is said without credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S: Final = 10.0
_OK: Final = 200


class Refused(Exception):
    """There is no answer that can be used; the message says why."""


def ask(method: str, url: str, *, headers: Mapping[str, str], **body: Mapping[str, Any]) -> dict[str, Any]:
    """Send one request.

    Args:
        method: Such as POST.
        url: Without credentials.
        headers: With the credential, which no message repeats.
        **body: `json` or `data`, as httpx names them.

    Raises:
        Refused: The service is away, refuses, or answers with something else.
    """
    import httpx

    host = urlsplit(url).hostname
    try:
        answer = httpx.request(method, url, headers=dict(headers), timeout=_TIMEOUT_S, **body)  # type: ignore[arg-type]
        found = answer.json() if answer.status_code == _OK else None
    except (httpx.HTTPError, ValueError) as error:
        raise Refused(f"{host}: {line(type(error).__name__)}: no usable answer") from None
    if not isinstance(found, dict):
        raise Refused(f"{host}: HTTP {answer.status_code}{_remedy(answer.status_code)}")
    return found


def _remedy(status: int) -> str:
    return "; check the credential in the environment" if status in (401, 403) else ""
