"""GitHub's REST API for one repository."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from httpx import Response

TIMEOUT_S: Final = 20.0
BOT: Final = "github-actions[bot]"
"""Who a job's token writes as."""
_PAGE: Final = 100
_PAGES: Final = 50
_REFUSALS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


class Api:
    """One repository, spoken to with one token."""

    def __init__(self, address: str, repository: str, token: str) -> None:
        import httpx

        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.repository = repository
        self._client = httpx.Client(
            base_url=f"{address.rstrip('/')}/repos/{repository}", headers=headers, timeout=TIMEOUT_S
        )

    @classmethod
    def of_job(cls, env: Mapping[str, str]) -> Api:
        """The job's own repository.

        Raises:
            PreconditionError: This is no job on GitHub, or it was given no token.
        """
        names = ("GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN")
        if absent := [name for name in names if not env.get(name)]:
            raise PreconditionError(
                f"{', '.join(absent)}: not set; the runner sets all but GITHUB_TOKEN, the step that"
            )
        return cls(*(env[name] for name in names))

    def get(self, path: str, **query: Any) -> Any:
        """Read one thing, or a page of several.

        Raises:
            PreconditionError: GitHub refuses.
            UnavailableError: It does not answer.
        """
        return self._ask("GET", path, params=query)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Read a list to its end."""
        for page in range(1, _PAGES + 1):
            found = self.get(path, **query, per_page=_PAGE, page=page)
            yield from found
            if len(found) < _PAGE:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make something."""
        return dict(self._ask("POST", path, json=body))

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something."""
        return dict(self._ask("PATCH", path, json=body))

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        import httpx

        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise UnavailableError(f"GitHub does not answer: {line(error)}; safe to repeat") from None
        if answer.is_success:
            return answer.json()
        raise _failure(f"{method} {path} of {self.repository}", answer)


def _failure(what: str, answer: Response) -> RezError:
    said = f"GitHub refuses {what}: HTTP {answer.status_code} {line(_message(answer))}"
    limited = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    if answer.is_server_error or answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or limited:
        return UnavailableError(f"{said}; safe to repeat")
    if answer.status_code in _REFUSALS:
        return PreconditionError(f"{said}; look at the job's `permissions:` and at what the repository allows")
    return RezError(said)


def _message(answer: Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, TypeError, KeyError):
        return ""
