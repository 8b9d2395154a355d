"""Who may do what in a database. Pure.

Source: MongoDB documentation, Built-In Roles: `read` and `readWrite`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from infra.local.atlas.store import Json

FREE: Final = frozenset(
    {"hello", "ismaster", "isMaster", "saslStart", "saslContinue", "ping", "buildInfo", "buildinfo"}
)
"""Commands that need no login."""

_ANYBODY: Final = FREE | {"endSessions", "connectionStatus", "logout", "whatsmyuri"}
_READ: Final = frozenset(
    {
        *("find", "aggregate", "count", "distinct", "explain", "getMore", "killCursors"),
        *("listCollections", "listIndexes", "dbStats", "collStats", "dbstats", "collstats"),
    }
)
_WRITE: Final = frozenset(
    {
        *("insert", "update", "delete", "findAndModify", "findandmodify", "create", "createIndexes", "drop"),
        *("dropIndexes", "collMod", "renameCollection"),
    }
)
_WRITING_STAGES: Final = frozenset({"$out", "$merge"})


def allowed(user: Json, command: dict[str, Any]) -> bool:
    """Whether a user's roles let it run a command."""
    name = next(iter(command))
    if name in _ANYBODY:
        return True
    writes = name in _WRITE or any(_WRITING_STAGES & set(stage) for stage in command.get("pipeline", ()))
    if not writes and name not in _READ:
        return False
    enough = {"readWrite"} if writes else {"read", "readWrite"}
    return any(role["roleName"] in enough and role["databaseName"] == command["$db"] for role in user["roles"])


def applies(user: Json, cluster: str) -> bool:
    """Whether a user exists in a cluster; one without scopes exists in all."""
    return not user["scopes"] or any(scope["name"] == cluster for scope in user["scopes"])
