"""The audit log: what changes users, schema or the cluster, and every login that fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.atlas import Properties

_ALWAYS: Final = (
    "createUser",
    "updateUser",
    "dropUser",
    "grantRolesToUser",
    "revokeRolesFromUser",
    "dropDatabase",
    "dropCollection",
    "dropIndex",
    "replSetReconfig",
    "shutdown",
)


def auditing() -> Properties:
    """The filter in MongoDB's query language; successful logins are left out, every pool makes hundreds."""
    failed_login = {"atype": "authenticate", "result": {"$ne": 0}}
    wanted = {"$or": [failed_login, {"atype": {"$in": list(_ALWAYS)}}]}
    return {"enabled": True, "auditAuthorizationSuccess": False, "auditFilter": json.dumps(wanted)}
