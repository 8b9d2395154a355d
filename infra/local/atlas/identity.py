"""Who may call: digest authentication with a key, or a service account's token."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas.errors import Refusal

if TYPE_CHECKING:
    from werkzeug import Request

_REALM: Final = "MMS Public API"
_TOKEN_S: Final = 3600


class Identity:
    """The one caller that there is: its key's two halves are a service account's id and secret as well.

    Args:
        public: The key's name.
        private: The key.
    """

    def __init__(self, public: str, private: str) -> None:
        self._public = public
        self._private = private
        self._nonces: set[str] = set()
        self._revoked: set[str] = set()

    def check(self, request: Request) -> None:
        """Let the caller in.

        Raises:
            Refusal: It has not shown who it is.
        """
        given = request.authorization
        if given and given.type == "bearer" and self._signed(given.token or ""):
            return
        if given and given.type == "digest" and self._digest(request.method, given):
            return
        raise Refusal(HTTPStatus.UNAUTHORIZED, "", "You are not authorized for this resource.")

    def challenge(self) -> str:
        """The ``WWW-Authenticate`` header of a refusal."""
        nonce = secrets.token_urlsafe(16)
        self._nonces.add(nonce)
        return f'Digest realm="{_REALM}", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale=false'

    def token(self, request: Request) -> dict[str, Any]:
        """A token for a service account that shows its secret.

        Raises:
            Refusal: Wrong id, secret or grant.
        """
        if not self._account(request) or request.form.get("grant_type") != "client_credentials":
            raise Refusal(HTTPStatus.UNAUTHORIZED, "invalid_client", "The client credentials are not valid.")
        fresh = f"{int(time.time()) + _TOKEN_S}-{secrets.token_hex(8)}"
        return {"access_token": f"{fresh}.{self._seal(fresh)}", "expires_in": _TOKEN_S, "token_type": "Bearer"}

    def revoke(self, request: Request) -> None:
        """End a token before its time, as the official provider does when it has done.

        Raises:
            Refusal: Wrong id or secret.
        """
        if not self._account(request):
            raise Refusal(HTTPStatus.UNAUTHORIZED, "invalid_client", "The client credentials are not valid.")
        self._revoked.add(request.form.get("token", ""))

    def _account(self, request: Request) -> bool:
        given = request.authorization
        pair = (given.username or "", given.password or "") if given and given.type == "basic" else ("", "")
        return all(map(hmac.compare_digest, pair, (self._public, self._private)))

    def _signed(self, token: str) -> bool:
        text, _, seal = token.rpartition(".")
        valid = hmac.compare_digest(seal, self._seal(text)) and int(text.partition("-")[0]) > time.time()
        return valid and token not in self._revoked

    def _seal(self, text: str) -> str:
        return hmac.new(self._private.encode(), text.encode(), hashlib.sha256).hexdigest()

    def _digest(self, method: str, given: Any) -> bool:
        if given.username != self._public or given.nonce not in self._nonces:
            return False
        who = _md5(f"{self._public}:{_REALM}:{self._private}")
        wanted = _md5(f"{who}:{given.nonce}:{given.nc}:{given.cnonce}:{given.qop}:{_md5(f'{method}:{given.uri}')}")
        return hmac.compare_digest(wanted, given.response or "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()  # as Atlas's digest authentication has it
