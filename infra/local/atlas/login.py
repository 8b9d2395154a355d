"""The server's half of SCRAM-SHA-256, over MongoDB's `saslStart` and `saslContinue`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from scramp import ScramException, ScramMechanism

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.atlas.store import Json

MECHANISM: Final = "SCRAM-SHA-256"
_ROUNDS: Final = 15000
_SCRAM: Final = ScramMechanism(MECHANISM)
_CONVERSATION: Final = 1

BAD: Final = {"ok": 0.0, "errmsg": "bad auth : authentication failed", "code": 8000, "codeName": "AtlasError"}


def derived(password: str) -> Json:
    """What is kept of a password: enough to check it, not to log in with."""
    salt, stored, server, rounds = _SCRAM.make_auth_info(password, iteration_count=_ROUNDS)
    text = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return {"salt": text[0], "stored": text[1], "server": text[2], "rounds": rounds}


class Login:
    """One connection's conversation.

    Args:
        find: The user of a name, None if there is none.
    """

    def __init__(self, find: Callable[[str], Json | None]) -> None:
        self._find = find
        self._server: Any = None
        self._name = ""
        self._answered = False
        self.user: str | None = None

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """The next step; whatever goes wrong is answered alike."""
        try:
            return self._step(command)
        except (ScramException, LookupError, ValueError, TypeError):
            self._server = None
            return BAD

    def _step(self, command: dict[str, Any]) -> dict[str, Any]:
        if "saslStart" in command:
            if command["mechanism"] != MECHANISM:
                raise ValueError("another mechanism")
            self._server, self._answered, self.user = _SCRAM.make_server(self._info), False, None
            self._server.set_client_first(bytes(command["payload"]).decode())
            return _told(self._server.get_server_first(), done=False)
        if self._server is None:
            raise ValueError("not begun")
        if self._answered:
            return _told("", done=True)
        self._server.set_client_final(bytes(command["payload"]).decode())
        final = self._server.get_server_final()
        self._answered, self.user = True, self._name
        return _told(final, done=False)

    def _info(self, name: str) -> tuple[bytes, bytes, bytes, int]:
        self._name = name.replace("=2C", ",").replace("=3D", "=")
        user = self._find(self._name)
        if user is None:
            raise LookupError(name)
        kept = user["scram"]
        salt, stored, server = (base64.b64decode(kept[key]) for key in ("salt", "stored", "server"))
        return salt, stored, server, kept["rounds"]


def _told(payload: str, *, done: bool) -> dict[str, Any]:
    return {"conversationId": _CONVERSATION, "done": done, "payload": payload.encode(), "ok": 1.0}
