"""A small registry: the OCI distribution API over what a test puts into it, with logins, redirects and bad days."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

NAME = "rezapp/merchant-backend"
LOGIN = ("robot", "pa:ss/word")
TOKEN = "a-token-for-this-repository"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """Serves one repository on this machine.

    Attributes:
        asks: `nothing`, `basic` or `bearer`: what a request has to bring.
        public: Tokens are given to everybody.
        tells_digest: Whether answers name the digest of what they carry.
        has_referrers: Whether it knows the referrers API; else a tag stands in for it.
        faults: What the next requests are answered with instead: status and headers.
        seen: The requests: method, path and `Authorization`.
    """

    def __init__(self) -> None:
        self.asks = "nothing"
        self.public = True
        self.tells_digest = True
        self.has_referrers = True
        self.realm = ""
        self.token_answer = json.dumps({"token": TOKEN}).encode()
        self.blobs_elsewhere = ""
        self.faults: list[tuple[int, dict[str, str]]] = []
        self.seen: list[tuple[str, str, str]] = []
        self.manifests: dict[str, tuple[str, bytes]] = {}
        self.blobs: dict[str, bytes] = {}
        self.attached: dict[str, list[dict[str, Any]]] = {}
        self.page = 100
        registry = self

        class Handler(_Handler):
            owner = registry

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def repository(self) -> str:
        return f"{self.host}/{NAME}"

    def push(self, content: dict[str, Any], *, tag: str = "", media_type: str = MANIFEST) -> str:
        body = json.dumps(content).encode()
        self.manifests[digest_of(body)] = (media_type, body)
        if tag:
            self.manifests[tag] = (media_type, body)
        return digest_of(body)

    def attach(self, image: str, content: bytes, *, media_type: str = BUNDLE, listed_as: str = "") -> str:
        """Attach an artifact to an image, as GitHub's action does; gives the blob's digest."""
        blob = digest_of(content)
        self.blobs[blob] = content
        layer = {"mediaType": media_type, "digest": blob, "size": len(content)}
        digest = self.push({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": media_type, "layers": [layer]})
        descriptor = {"mediaType": MANIFEST, "digest": digest, "size": 1, "artifactType": listed_as or media_type}
        self.attached.setdefault(image, []).append(descriptor)
        self.manifests[image.replace(":", "-")] = (INDEX, json.dumps({"manifests": self.attached[image]}).encode())
        return blob


class _Handler(BaseHTTPRequestHandler):
    owner: Registry

    def do_HEAD(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        pass

    def _serve(self) -> None:
        owner, authorization = self.owner, self.headers.get("Authorization", "")
        owner.seen.append((self.command, self.path, authorization))
        path = urlsplit(self.path).path
        if owner.faults:
            status, headers = owner.faults.pop(0)
            self._answer(status, b"{}", headers)
        elif path == "/token":
            self._token(authorization)
        elif not self._may_pass(authorization):
            self._answer(401, b'{"errors":[{"code":"UNAUTHORIZED"}]}', {"WWW-Authenticate": self._challenge()})
        else:
            self._content(path.removeprefix(f"/v2/{NAME}/"))

    def _may_pass(self, authorization: str) -> bool:
        wanted = {"nothing": authorization, "basic": _basic(), "bearer": f"Bearer {TOKEN}"}
        return authorization == wanted[self.owner.asks]

    def _challenge(self) -> str:
        realm = self.owner.realm or f"http://{self.owner.host}/token?account=x"
        scope = f"repository:{NAME}:pull"
        bearer = f'Bearer realm="{realm}",service="registry.test",scope="{scope}"'
        return {"basic": 'Basic realm="registry"', "bearer": bearer}[self.owner.asks]

    def _token(self, authorization: str) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        right = asked.get("scope") == [f"repository:{NAME}:pull"] and asked.get("account") == ["x"]
        if not right or (authorization != _basic() and not (self.owner.public and not authorization)):
            self._answer(401, b"{}", {})
        else:
            self._answer(200, self.owner.token_answer, {})

    def _content(self, path: str) -> None:
        owner = self.owner
        kind, _, reference = path.partition("/")
        if kind == "manifests" and reference in owner.manifests:
            media_type, body = owner.manifests[reference]
            digest = {"Docker-Content-Digest": digest_of(body)} if owner.tells_digest else {}
            wanted = media_type in self.headers.get("Accept", "")
            self._answer(200 if wanted else 404, body, {"Content-Type": media_type, **digest})
        elif kind == "blobs" and owner.blobs_elsewhere:
            self._answer(307, b"", {"Location": f"{owner.blobs_elsewhere}/v2/{NAME}/{path}"})
        elif kind == "blobs" and reference in owner.blobs:
            self._answer(200, owner.blobs[reference], {})
        elif kind == "referrers" and owner.has_referrers:
            self._referrers(owner.attached.get(reference, []))
        else:
            self._answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', {})

    def _referrers(self, attached: list[dict[str, Any]]) -> None:
        parts = urlsplit(self.path)
        start = int(parse_qs(parts.query).get("last", ["0"])[0])
        end = start + self.owner.page
        link = {"Link": f'<{parts.path}?last={end}>; rel="next"'} if end < len(attached) else {}
        self._answer(200, json.dumps({"manifests": attached[start:end]}).encode(), {"Content-Type": INDEX, **link})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _basic() -> str:
    return "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()
