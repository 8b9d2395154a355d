"""How the database is: state, version, connections against the limit, last backup; nothing is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra import atlas_api
from infra.atlas_api import Atlas
from infra.errors import RezError
from infra.local.atlas import access
from infra.local.atlas.limits import connection_limit
from infra.settings.data import CONNECTION_LIMIT
from infra.text import line

if TYPE_CHECKING:
    from infra.settings.data import Database
    from infra.settings.model import Settings

_LATELY: Final = {"m": "CONNECTIONS", "granularity": "PT1M", "period": "PT5M"}


def of_stack(settings: Settings) -> dict[str, Any]:
    """How a stack's database is, asked of the Atlas that the stack uses; as ``read`` tells it."""
    tier = settings.database.tier
    if not settings.is_local:
        return read(Atlas(), settings.database, limit=CONNECTION_LIMIT[tier])
    return read(Atlas(access.environment()), settings.database, limit=connection_limit(tier))


def read(atlas: Atlas, database: Database, *, limit: int) -> dict[str, Any]:
    """Read it from Atlas.

    Args:
        atlas: The API.
        database: The settings.
        limit: Connections that a node takes.

    Returns:
        ``state``, ``version``, ``connections`` (of the fullest node; None if nothing is measured), ``limit`` and
        ``last_backup`` (a time; None before the first); or ``error``, on one line.
    """
    try:
        group = f"/groups/{atlas.get(f'/groups/byName/{database.atlas.project}')['id']}"
        path = f"{group}/clusters/{database.atlas.cluster}"
        cluster = atlas.get(path, atlas_api.CLUSTER_READ)
        taken = [each["createdAt"] for each in atlas.each(f"{path}/backup/snapshots") if each["status"] == "completed"]
        return {
            "state": cluster["stateName"],
            "version": cluster["mongoDBVersion"],
            "connections": _connections(atlas, group, database.atlas.cluster),
            "limit": limit,
            "last_backup": max(taken, default=None),
        }
    except RezError as error:
        return {"error": line(error)}


def words(found: dict[str, Any]) -> str:
    """What was read, for a person."""
    if "error" in found:
        return f"unavailable: {found['error']}"
    count, limit = found["connections"], found["limit"]
    used = "connections unknown" if count is None else f"{count}/{limit} connections ({100 * count // limit}%)"
    backup = f"last backup {found['last_backup']}" if found["last_backup"] else "no backup yet"
    return f"{found['state']}: MongoDB {found['version']}, {used}, {backup}"


def _connections(atlas: Atlas, group: str, cluster: str) -> int | None:
    counts = []
    for process in atlas.each(f"{group}/processes"):
        if process.get("userAlias", "").startswith(f"{cluster}-shard-"):
            measured = atlas.get(f"{group}/processes/{process['id']}/measurements", **_LATELY)
            points = [point["value"] for each in measured["measurements"] for point in each["dataPoints"]]
            counts += [int(value) for value in points if value is not None][-1:]
    return max(counts, default=None)
