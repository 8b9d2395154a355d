"""Redis in cluster mode: how many nodes, how large, which image."""

from __future__ import annotations

from pydantic import Field

from infra.settings.units import Mebibytes, Millicores, Section

OURS = "ours: a cache and sessions; a pod idles at 10 MiB and a hundredth of a core"


class RedisCpu(Section):
    """Processor time of one node; one thread does the work."""

    request_millicores: Millicores = Field(ge=50, le=1000, description=OURS)
    limit_millicores: Millicores = Field(ge=100, le=2000, description=OURS)


class RedisMemory(Section):
    """Memory of one node."""

    request_mib: Mebibytes = Field(ge=64, le=16384, description=OURS)
    limit_mib: Mebibytes = Field(ge=128, le=16384, description=OURS)
    data_mib: Mebibytes = Field(ge=64, le=12288, description="ours: maxmemory; the rest is for buffers and snapshots")


class RedisStorage(Section):
    """The volume of one node."""

    size_mib: Mebibytes = Field(ge=1024, le=1024 * 1024, description="ours: several times the memory, for rewrites")
    storage_class: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", examples=["gp3"], description="ours: a block volume"
    )


class Redis(Section):
    """Redis in cluster mode."""

    masters: int = Field(ge=3, le=9, description="runbook, Technology Stack: cluster mode needs three masters")
    replicas: int = Field(ge=3, le=18, description="ours: one replica for each master")
    image: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._/:-]{0,200}@sha256:[0-9a-f]{64}$",
        examples=["docker.io/library/redis:7.4.2@sha256:DIGEST"],
        description="runbook, Technology Stack: Redis 7; by digest; this machine packs its own for stack local",
    )
    cpu: RedisCpu
    memory: RedisMemory
    storage: RedisStorage
