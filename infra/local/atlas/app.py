"""The Administration API as a WSGI application: who calls, which resource, what is answered."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from infra.local.atlas import answer
from infra.local.atlas.api import ROUTES
from infra.local.atlas.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.atlas.databases import Databases
    from infra.local.atlas.identity import Identity
    from infra.local.atlas.store import Store

_ROOT: Final = "/api/atlas/v2"
_ROUTES: Final = Map(
    [Rule(f"{_ROOT}{path}", endpoint=handler, methods=[method]) for method, path, handler in ROUTES],
    merge_slashes=False,
)


class Emulator:
    """What every resource is made of.

    Args:
        store: What is known.
        databases: What runs.
        identity: Who may call.
    """

    def __init__(self, store: Store, databases: Databases, identity: Identity) -> None:
        self.store = store
        self.databases = databases
        self._identity = identity

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer one request."""
        environ["PATH_INFO"] = environ.get("REQUEST_URI", environ["PATH_INFO"]).partition("?")[0]
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            if request.path == "/api/oauth/token":
                return Response(json.dumps(self._identity.token(request)), 200, mimetype="application/json")
            if request.path == "/api/oauth/revoke":
                self._identity.revoke(request)
                return Response("", 200)
            self._identity.check(request)
            kind = f"application/vnd.atlas.{answer.version(request)}+json"
            handler, parts = _ROUTES.bind_to_environ(request.environ).match()
            status, found = handler(self, request, **{name: _plain(part) for name, part in parts.items()})
        except Refusal as refusal:
            response = Response(json.dumps(refusal.body), refusal.status, mimetype="application/json")
            if refusal.status == HTTPStatus.UNAUTHORIZED:
                response.headers["WWW-Authenticate"] = self._identity.challenge()
            return response
        except HTTPException as error:
            status = HTTPStatus(error.code or 500)
            absent = Refusal(status, "RESOURCE_NOT_FOUND", f"Cannot find resource {request.path}.", request.path)
            return Response(json.dumps(absent.body), status, mimetype="application/json")
        return Response("" if found is None else json.dumps(found), status, mimetype=kind)


def _plain(part: str) -> str:
    """A part of the path: routes are matched as they were sent, because a part may hold a slash."""
    return unquote(part)
