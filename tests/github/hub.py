"""A server that answers like GitHub's REST API for the few things that we ask, from memory."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = "rezapp/rez-infra"
TOKEN = "ghs_of-this-job"
BOT = {"login": "github-actions[bot]"}


@dataclass
class Hub:
    """What the server knows, and the writes it was asked for.

    Attributes:
        url: Its address.
        fails: Status to answer with instead of anything else, 0 for none.
    """

    url: str = ""
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    fails: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def env(self, **more: str) -> dict[str, str]:
        """The environment of a job."""
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "42",
            "GITHUB_TOKEN": TOKEN,
            **more,
        }

    def pull(self, number: int, sha: str, repository: str = REPOSITORY, state: str = "open") -> None:
        self.pulls[number] = {"number": number, "state": state, "head": {"sha": sha, "repo": {"full_name": repository}}}

    def issue(self, title: str, body: str, user: dict[str, str] = BOT, **more: Any) -> dict[str, Any]:
        made = {"number": len(self.issues) + 1, "title": title, "body": body, "user": user, "state": "open", **more}
        self.issues.append(made)
        return made

    def comment(self, number: int, body: str, user: dict[str, str] = BOT) -> dict[str, Any]:
        made = {"id": 1000 + sum(map(len, self.comments.values())), "body": body, "user": user}
        self.comments.setdefault(number, []).append(made)
        return made

    def read(self, path: str, query: dict[str, list[str]]) -> Any:
        if match := re.fullmatch(r"/pulls/(\d+)", path):
            return self.pulls.get(int(match[1]))
        found: list[dict[str, Any]] = []
        if path == "/issues":
            found = [each for each in self.issues if each["state"] in query.get("state", ["open"])]
        elif match := re.fullmatch(r"/issues/(\d+)/comments", path):
            found = self.comments.get(int(match[1]), [])
        size, page = int(query["per_page"][0]), int(query["page"][0])
        return found[size * (page - 1) : size * page]

    def write(self, method: str, path: str, body: dict[str, Any]) -> Any:
        self.writes.append(f"{method} {path}")
        if (method, path) == ("POST", "/issues"):
            return self.issue(body["title"], body["body"])
        if match := re.fullmatch(r"/issues/(\d+)/comments", path):
            return self.comment(int(match[1]), body["body"])
        if match := re.fullmatch(r"/issues/comments/(\d+)", path):
            (one,) = [c for each in self.comments.values() for c in each if c["id"] == int(match[1])]
        elif match := re.fullmatch(r"/issues/(\d+)", path):
            one = self.issues[int(match[1]) - 1]
        return one.update(body) or one


@contextmanager
def running() -> Iterator[Hub]:
    """A server of its own on this machine."""
    hub = Hub()

    class Handler(_Handler):
        knows = hub

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    knows: ClassVar[Hub]

    def _answer(self, method: str) -> None:
        url = urlsplit(self.path)
        path = url.path.removeprefix(f"/repos/{REPOSITORY}")
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        hub = self.knows
        if hub.fails:
            self._send(hub.fails, {"message": "told to fail"})
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401, {"message": "Bad credentials"})
        else:
            found = hub.read(path, parse_qs(url.query)) if method == "GET" else hub.write(method, path, body)
            self._send(404 if found is None else 200, {"message": "Not Found"} if found is None else found)

    def _send(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **self.knows.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def log_message(self, *_: object) -> None:
        """Say nothing."""
