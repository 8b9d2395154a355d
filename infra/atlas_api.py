"""The only module that talks to the Atlas Administration API."""

from __future__ import annotations

import os
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

PUBLIC: Final = "https://cloud.mongodb.com"
ADDRESS: Final = "MONGODB_ATLAS_BASE_URL"
KEY: Final = ("MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PRIVATE_API_KEY")
OLD_KEY: Final = ("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY")
ACCOUNT: Final = ("MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET")
"""Environment variables of the official provider, which we read as well."""

VERSION: Final = "2023-01-01"
CLUSTER_WRITE: Final = "2024-10-23"
CLUSTER_READ: Final = "2024-08-05"
CLUSTER_DELETE: Final = "2023-02-01"
"""Resource versions, as the `Accept` header names them."""

_ROOT: Final = "/api/atlas/v2"
_TIMEOUT_S: Final = 60.0
_PAGE: Final = 500
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})

Json = dict[str, Any]


class AtlasError(RezError):
    """Atlas answered, and refused.

    Attributes:
        status: HTTP status code.
        code: Atlas's own word for it, as in ``CLUSTER_NOT_FOUND``.
    """

    def __init__(self, message: str, *, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Atlas:
    """A connection, made with the credentials of the environment when it is first used.

    Args:
        env: The environment.
    """

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        self._env = env
        self.address = env.get(ADDRESS, PUBLIC).rstrip("/")
        self._http: httpx.Client | None = None
        self._token = ("", 0.0)

    def close(self) -> None:
        """End the connection."""
        if self._http is not None:
            self._http.close()

    def get(self, path: str, version: str = VERSION, **query: Any) -> Json:
        """Read one resource.

        Raises:
            AtlasError: Atlas refused.
            UnavailableError: Atlas does not answer.
        """
        return self.request("GET", path, version, query=query)

    def find(self, path: str, version: str = VERSION) -> Json | None:
        """Read one resource; None if there is none."""
        try:
            return self.get(path, version)
        except AtlasError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def each(self, path: str, version: str = VERSION, **query: Any) -> Iterator[Json]:
        """Read all pages of a list."""
        number = 0
        while True:
            number += 1
            page = self.get(path, version, **query, pageNum=number, itemsPerPage=_PAGE)
            yield from page.get("results", [])
            if len(page.get("results", [])) < _PAGE:
                return

    def request(
        self,
        method: str,
        path: str,
        version: str = VERSION,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
    ) -> Json:
        """Call the API.

        Args:
            method: HTTP method.
            path: Below ``/api/atlas/v2``, its parts quoted.
            version: Of the resource.
            body: What is sent as JSON.
            query: Parameters.

        Raises:
            AtlasError: Atlas refused; the message never quotes what was sent.
            UnavailableError: Atlas does not answer.
            PreconditionError: There are no credentials.
        """
        import httpx

        kind = f"application/vnd.atlas.{version}+json"
        headers = {"Accept": kind, **({"Content-Type": kind} if body is not None else {}), **self._bearer()}
        try:
            answer = self._client().request(
                method, f"{self.address}{_ROOT}{path}", headers=headers, json=body, params=dict(query or {})
            )
        except httpx.HTTPError as error:
            reason = line(error) or type(error).__name__
            raise UnavailableError(f"Atlas does not answer at {self.address}: {reason}") from None
        if answer.is_success:
            return answer.json() if answer.content else {}
        raise _refusal(answer, f"{method} {path}")

    def _client(self) -> httpx.Client:
        import httpx

        if self._http is None:
            auth = None if self._account() else httpx.DigestAuth(*self._key())
            outside = self.address.startswith("https:")  # a proxy is not for this machine's own addresses
            self._http = httpx.Client(auth=auth, timeout=_TIMEOUT_S, trust_env=outside)
        return self._http

    def _account(self) -> tuple[str, str] | None:
        name, secret = (self._env.get(each, "") for each in ACCOUNT)
        return (name, secret) if name and secret else None

    def _key(self) -> tuple[str, str]:
        for public, private in (KEY, OLD_KEY):
            if self._env.get(public) and self._env.get(private):
                return self._env[public], self._env[private]
        raise PreconditionError(f"no credentials for Atlas: set {' and '.join(ACCOUNT)}, or {' and '.join(KEY)}")

    def _bearer(self) -> dict[str, str]:
        """A service account's token, asked for again a minute before it ends."""
        import httpx

        account = self._account()
        if account is None:
            return {}
        token, ends = self._token
        if time.monotonic() > ends - 60:
            url = f"{self.address}/api/oauth/token"
            form = {"grant_type": "client_credentials"}
            try:
                answer = self._client().post(url, data=form, auth=account, headers={"Accept": "application/json"})
            except httpx.HTTPError as error:
                raise UnavailableError(f"Atlas does not answer at {self.address}: {line(error)}") from None
            if not answer.is_success:
                raise _refusal(answer, "POST /api/oauth/token")
            told = answer.json()
            token = told["access_token"]
            self._token = (token, time.monotonic() + float(told["expires_in"]))
        return {"Authorization": f"Bearer {token}"}


def _refusal(answer: httpx.Response, subject: str) -> RezError:
    try:
        told = answer.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    detail = line(told.get("detail") or told.get("reason") or answer.reason_phrase)
    if answer.status_code in _BUSY:
        return UnavailableError(f"Atlas is not ready for {subject}: {detail}")
    code = str(told.get("errorCode") or f"HTTP {answer.status_code}")
    return AtlasError(f"Atlas refused {subject}: {code}: {detail}", status=answer.status_code, code=code)
