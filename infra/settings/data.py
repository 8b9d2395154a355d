"""Where data lives: the Atlas cluster and its connections, and the API's shared volume."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from infra.settings.atlas import Atlas, Backup
from infra.settings.units import Mebibytes, Section

Tier = Literal["M30", "M40", "M50", "M60"]

CONNECTION_LIMIT: Final[dict[str, int]] = {"M30": 3000, "M40": 6000, "M50": 16000, "M60": 32000}
"""Connections that Atlas allows each node of a tier."""

DISK_LIMIT_GB: Final[dict[str, int]] = {"M30": 512, "M40": 1024, "M50": 4096, "M60": 4096}
"""The largest disk of a tier. Source: MongoDB Atlas documentation, Amazon Web Services."""

RESERVED_CONNECTIONS: Final = 10
"""Connections left on each node for Atlas itself and for people."""

MONITORING_CONNECTIONS: Final = 2
"""Connections that a driver keeps to each node beside its pool."""


class Pool(Section):
    """MongoDB connections of one pod."""

    max: int = Field(ge=1, le=500, description="runbook, Database Connection Exhaustion: MONGODB_MAX_POOL_SIZE=50")
    min: int = Field(ge=0, le=500, description="runbook, Database Connection Exhaustion: MONGODB_MIN_POOL_SIZE=10")


class Database(Section):
    """MongoDB Atlas."""

    tier: Tier = Field(description="runbook, Technology Stack: MongoDB Atlas (M30 cluster)")
    pool: Pool
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,37}$", examples=["rez"], description="ours: the API's one database")
    active_user: Literal["a", "b"] = Field(description="ours: whose password the API uses; the other's can be changed")
    atlas: Atlas
    backup: Backup


class Storage(Section):
    """The volume that all API pods share."""

    size_mib: Mebibytes = Field(ge=50 * 1024, le=16 * 1024 * 1024, description="runbook, Resource Allocation: 50Gi")
    access_mode: Literal["ReadWriteMany"] = Field(
        description="ours: a ReadWriteOnce volume would deadlock a rollout over several nodes"
    )
    storage_class: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$",
        examples=["efs-sc"],
        description="ours: must offer ReadWriteMany",
    )
    mount_path: str = Field(pattern=r"^/[a-z][a-z0-9/_-]*$", max_length=100, examples=["/data"], description="ours")
