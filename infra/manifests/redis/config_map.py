"""Configuration of the servers, and the script that keeps a pod in the cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.manifests import names as common
from infra.manifests.redis import names

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.settings.model import Settings

SCRIPT: Final = "peers.sh"

_NODE_TIMEOUT_MS: Final = 5000
_LAG_S: Final = 10


def config_map(settings: Settings) -> Manifest:
    """The ConfigMap; another content is another object, so a change rolls the pods one by one."""
    script = Path(__file__).with_name(SCRIPT).read_text(encoding="utf-8")
    data = {"redis.conf": redis_conf(settings), SCRIPT: script}
    return names.holder("ConfigMap", names.CONFIG, common.content_name(names.CONFIG, data), data)


def redis_conf(settings: Settings) -> str:
    """What `redis-server` reads; whoever wants to know more: redis.conf of Redis 7."""
    secret = names.SECRET_PATH
    return f"""\
# First, so that nothing in it can loosen what stands here.
include {secret}/peer.conf

port 0
tls-port {names.PORT}
tls-cluster yes
tls-replication yes
tls-cert-file {secret}/tls.pem
tls-key-file {secret}/tls.pem
tls-ca-cert-file {secret}/ca.pem
# Clients prove who they are by name and password; the bus asks for a certificate whatever stands here.
tls-auth-clients no
protected-mode yes
maxclients 10000
aclfile {secret}/users.acl

cluster-enabled yes
cluster-node-timeout {_NODE_TIMEOUT_MS}
cluster-preferred-endpoint-type hostname
# One shard without a master must not take the others along.
cluster-require-full-coverage no
# A master that lost its replicas refuses writes rather than lose them: they would be gone with it.
min-replicas-to-write 1
min-replicas-max-lag {_LAG_S}

dir {names.DATA_PATH}
appendonly yes
appendfsync everysec
save 3600 1 300 100 60 10000
maxmemory {settings.redis.memory.data_mib}mb
# What expires soonest goes first: cached values live a minute, sessions for hours, and the rest is never dropped.
maxmemory-policy volatile-ttl
"""
