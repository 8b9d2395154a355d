"""The client against a server of its own that asks for digest authentication."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from infra.atlas_api import Atlas, AtlasError
from infra.errors import PreconditionError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHALLENGE = 'Digest realm="MMS Public API", domain="", nonce="n", algorithm=MD5, qop="auth", stale=false'


class Handler(BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        self.asked.append((self.path, self.headers["Accept"]))
        if not given.startswith("Digest ") or 'username="public"' not in given:
            self._answer(401, {"errorCode": "USER_UNAUTHORIZED"}, {"WWW-Authenticate": CHALLENGE})
        elif "many" in self.path:
            number = 2 if "pageNum=2" in self.path else 500
            self._answer(200, {"results": [{"id": str(n)} for n in range(number)]})
        else:
            body = {"error": 404, "errorCode": "CLUSTER_NOT_FOUND", "detail": "No cluster named x exists in group y."}
            self._answer(404, body)

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        text = json.dumps(body).encode()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def atlas() -> Iterator[Atlas]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    connected = Atlas(
        {
            "MONGODB_ATLAS_BASE_URL": address,
            "MONGODB_ATLAS_PUBLIC_API_KEY": "public",
            "MONGODB_ATLAS_PRIVATE_API_KEY": "canary",
        }
    )
    yield connected
    connected.close()
    server.shutdown()
    server.server_close()


def test_a_refusal_is_atlas_own_word_and_none_where_absence_is_an_answer(atlas: Atlas) -> None:
    with pytest.raises(AtlasError, match=r"CLUSTER_NOT_FOUND: No cluster named x exists in group y\.") as caught:
        atlas.get("/groups/y/clusters/x")
    assert (caught.value.status, caught.value.code) == (404, "CLUSTER_NOT_FOUND")
    assert atlas.find("/groups/y/clusters/x", "2024-08-05") is None
    assert ("/api/atlas/v2/groups/y/clusters/x", "application/vnd.atlas.2024-08-05+json") in Handler.asked


def test_all_pages_are_read(atlas: Atlas) -> None:
    assert len(list(atlas.each("/many"))) == 502


def test_no_answer_and_no_credentials_are_told_apart() -> None:
    with pytest.raises(PreconditionError, match="no credentials for Atlas: set MONGODB_ATLAS_CLIENT_ID"):
        Atlas({}).get("/groups")
    key = {"MONGODB_ATLAS_PUBLIC_KEY": "public", "MONGODB_ATLAS_PRIVATE_KEY": "canary"}
    nowhere = Atlas({"MONGODB_ATLAS_BASE_URL": "http://127.0.0.1:9", **key})
    with pytest.raises(UnavailableError, match=r"Atlas does not answer at http://127\.0\.0\.1:9"):
        nowhere.get("/groups")
    nowhere.close()
