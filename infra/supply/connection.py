"""One repository's part of a registry's API: requests with a login, bounded in time and size, and tried again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from infra.errors import PreconditionError, UnavailableError
from infra.supply import challenge, credentials, retry
from infra.supply.repository import is_loopback
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from infra.supply.challenge import Challenge
    from infra.supply.repository import Repository

TIMEOUT_S: Final = 10.0
LARGEST_BYTES: Final = 4 * 1024 * 1024
_REFUSALS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@dataclass(frozen=True)
class Answer:
    """What the registry said.

    Attributes:
        headers: By their names in small letters.
        next: The address of the next page, "" if this is the last.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    next: str = ""


class Connection:
    """Asks one repository."""

    def __init__(
        self, repository: Repository, config: Mapping[str, Any], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        import httpx

        self.repository = repository
        self._login = credentials.login_for(config, repository.login)
        self._helper = credentials.helper_for(config, repository.login)
        self._sleep = sleep
        self._authorization = ""
        self._client = httpx.Client(
            timeout=TIMEOUT_S, follow_redirects=True, trust_env=not is_loopback(repository.host)
        )

    def ask(self, method: str, path: str, accept: str) -> Answer:
        """Send one request.

        Args:
            method: `GET` or `HEAD`.
            path: Below the repository, or a whole address that an answer named.
            accept: The media types that are understood.

        Returns:
            An answer with status 200 or 404.

        Raises:
            PreconditionError: The registry refuses.
            UnavailableError: It does not answer.
        """
        url = path if path.startswith("http") else f"{self.repository.url}/{path}"
        answer = self._try(method, url, {"Accept": accept, "Authorization": self._authorization})
        if answer.status == HTTPStatus.UNAUTHORIZED:
            asked = challenge.parse(answer.headers.get("www-authenticate", ""))
            if asked and (authorization := self._authorize(asked)):
                self._authorization = authorization
                answer = self._try(method, url, {"Accept": accept, "Authorization": authorization})
        if answer.status in _REFUSALS:
            raise PreconditionError(self._refusal(answer.status))
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise self.unavailable(f"HTTP {answer.status}")
        return answer

    def unavailable(self, reason: str, *, retry_after_s: float = 5.0) -> UnavailableError:
        """The failure that an unusable answer is."""
        message = f"image repository {self.repository.text}: {self.repository.host}: {reason}; safe to repeat"
        return UnavailableError(message, retry_after_s=retry_after_s)

    def _authorize(self, asked: Challenge) -> str:
        """The header that a challenge asks for, "" if there is nothing to bring."""
        if asked.scheme == "basic":
            return _basic(self._login) if self._login else ""
        headers = {"Authorization": _basic(self._login)} if self._login else {}
        answer = self._try("GET", self._token_url(asked), headers)
        if answer.status != HTTPStatus.OK:
            raise PreconditionError(self._refusal(answer.status))
        token = _token(answer.body)
        if not token:
            raise self.unavailable("the answer of its token service has no token")
        return f"Bearer {token}"

    def _token_url(self, asked: Challenge) -> str:
        """The address of a challenge's token; a login is shown only to whom TLS or this machine names."""
        import httpx

        try:
            realm = httpx.URL(asked.realm).copy_merge_params(asked.parameters)
        except httpx.InvalidURL:
            raise self.unavailable("the address of its token service is none") from None
        near = is_loopback(self.repository.host) and is_loopback(realm.netloc.decode())
        if realm.scheme != "https" and not (near and realm.scheme == "http"):
            raise PreconditionError(f"image repository {self.repository.text}: its registry gives tokens without TLS")
        return str(realm)

    def _try(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """Send a request until it is answered for good."""
        import httpx

        for attempt in range(1, retry.ATTEMPTS + 1):
            retry_after = ""
            try:
                answer = self._send(method, url, headers)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                reason = line(str(error) or type(error).__name__)
            else:
                if not retry.is_passing(answer.status):
                    return answer
                reason, retry_after = f"HTTP {answer.status}", answer.headers.get("retry-after", "")
            wait = retry.wait_s(attempt, retry_after, now=datetime.now(UTC))
            if wait > retry.LONGEST_WAIT_S:
                raise self.unavailable(f"{reason}, wants to be left alone for {wait:.0f} s", retry_after_s=wait)
            if attempt < retry.ATTEMPTS:
                self._sleep(wait)
        raise self.unavailable(f"{reason} ({retry.ATTEMPTS} tries)", retry_after_s=wait)

    def _send(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        given = {name: value for name, value in headers.items() if value}
        with self._client.stream(method, url, headers=given) as response:
            body = b""
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > LARGEST_BYTES:
                    message = f"image repository {self.repository.text}: an answer is larger than {LARGEST_BYTES} bytes"
                    raise PreconditionError(message)
            following = response.links.get("next", {}).get("url", "")
            address = str(response.url.join(following)) if following else ""
            return Answer(response.status_code, response.headers, body, address)

    def _refusal(self, status: int) -> str:
        host = self.repository.login
        if self._login is not None:
            done = f"with the login of {credentials.location()}"
        elif self._helper:
            done = f"without a login (it is kept by the credential helper {self._helper!r}, which rez does not call)"
        else:
            done = "without a login"
        return (
            f"image repository {self.repository.text}: {host} refuses to show it {done} (HTTP {status}), or there "
            f"is no such repository; log in with `docker login {host}`, by an account that may pull"
        )


def _basic(login: credentials.Login) -> str:
    import base64

    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def _token(body: bytes) -> str:
    import json

    try:
        content = json.loads(body)
    except ValueError:
        return ""
    found = (content.get("token") or content.get("access_token")) if isinstance(content, dict) else ""
    return found if isinstance(found, str) else ""
