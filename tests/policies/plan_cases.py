"""What the recorded plans are of: a state, and a program that is previewed on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
CLUSTER = "mongodbatlas:index/advancedCluster:AdvancedCluster"
PROJECT = "mongodbatlas:index/project:Project"
USER = "mongodbatlas:index/databaseUser:DatabaseUser"
UNKNOWN = {"unknown": True}


@dataclass(frozen=True)
class Object:
    """A resource. `live` are its outputs where they differ from what is declared, `options` are Pulumi's."""

    type: str
    name: str
    properties: dict[str, Any]
    options: dict[str, Any]
    live: dict[str, Any] | None = None

    def but(self, called: str = "", /, **properties: Any) -> Object:
        return replace(self, name=called or self.name, properties={**self.properties, **properties})

    def seen(self, **live: Any) -> Object:
        return replace(self, live={**self.properties, **live})

    def having(self, **options: Any) -> Object:
        return replace(self, options={**self.options, **options})


def kubernetes(kind: str, name: str, **fields: Any) -> Object:
    api_version = kind.split(":")[1].removeprefix("core/")
    place = {} if kind == NAMESPACE else {"namespace": "production"}
    manifest = {"apiVersion": api_version, "kind": kind.rpartition(":")[2], "metadata": {"name": name, **place}}
    return Object(kind, name, {**manifest, **fields}, {})


def sized(tier: Any = "M30", disk: Any = 40) -> list[Any]:
    region = {"providerName": "AWS", "electableSpecs": {"instanceSize": tier, "nodeCount": 3, "diskSizeGb": disk}}
    return [{"regionConfigs": [region]}]


claim = kubernetes(CLAIM, "storage", spec={"storageClassName": "efs-sc"})
faster = claim.but(spec={"storageClassName": "gp3"}).having(replace_on_changes=["spec.storageClassName"])
namespace = kubernetes(NAMESPACE, "production")
settings = kubernetes(CONFIG_MAP, "settings-0123456789", data={"LOG_LEVEL": "info"})
api = kubernetes(DEPLOYMENT, "merchant-backend", spec={"minReadySeconds": 5})
redis = kubernetes(STATEFUL_SET, "redis", spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}}]})
stateless = kubernetes(STATEFUL_SET, "worker", spec={"serviceName": "worker"})
project = Object(PROJECT, "rez", {"name": "rez-production", "orgId": "5f5a"}, {})
cluster = Object(
    CLUSTER,
    "merchant",
    {
        "projectId": "6a7b",
        "name": "merchant",
        "terminationProtectionEnabled": True,
        "backupEnabled": True,
        "pitEnabled": True,
        "replicationSpecs": sized(),
    },
    {"protect": True},
)
user = Object(USER, "api-blue", {"username": "api-blue", "password": {"secret": "canary-9d1f"}}, {})
bare = cluster.having(protect=False)


def of_nodes(count: int) -> Object:
    region = {"providerName": "AWS", "electableSpecs": {"instanceSize": "M30", "nodeCount": count}}
    return cluster.but(replicationSpecs=[{"regionConfigs": [region]}])


def of_pods(count: int) -> Object:
    return redis.but(spec={**redis.properties["spec"], "replicas": count})


class Case(NamedTuple):
    """`options` are the preview's: without `--show-sames` it tells of nothing that stays as it is but for `protect`."""

    state: tuple[Object, ...]
    program: tuple[Object, ...]
    options: tuple[str, ...] = ()


CASES = {
    "nothing-changes": Case((namespace, claim, cluster, user), (namespace, claim, cluster, user), ("--show-sames",)),
    # what holds data goes, or something else does (L04)
    "claim-deleted": Case((namespace, claim), (namespace,)),
    "claim-replaced": Case((claim,), (faster,)),
    "claim-retained": Case((claim.having(retain_on_delete=True),), ()),
    "claim-replaced-and-retained": Case(
        (claim.having(retain_on_delete=True),), (faster.having(retain_on_delete=True),)
    ),
    "cluster-deleted": Case((bare, user), (user,)),
    "namespace-deleted": Case((namespace,), ()),
    "redis-deleted": Case((redis,), ()),
    "worker-deleted": Case((stateless,), ()),
    "settings-deleted": Case((settings, claim), (claim,)),
    "user-changed": Case((user,), (user.but(password={"secret": "canary-77aa"}),)),
    # a new name
    "claim-renamed": Case((claim,), (claim.but(metadata={"name": "files", "namespace": "production"}),)),
    "claim-moved": Case((claim,), (claim.but("files"),)),
    "claim-aliased": Case((claim,), (claim.but("files").having(alias="storage"),), ("--show-sames",)),
    "cluster-renamed": Case((cluster,), (bare.but(name="merchant2").having(replace_on_changes=["name"]),)),
    "cluster-succeeded": Case((bare,), (bare.but("merchant2", name="merchant2"),)),
    "cluster-added": Case((bare,), (bare, bare.but("merchant2", name="merchant2"))),
    "project-of-another-organization": Case(
        (project,), (project.but(orgId=UNKNOWN).having(replace_on_changes=["orgId"]),)
    ),
    "api-moved": Case((api,), (api.but("backend"),)),
    "settings-renamed": Case(
        (settings.having(retain_on_delete=True),),
        (kubernetes(CONFIG_MAP, "settings-9876543210", data={"LOG_LEVEL": "warn"}).having(retain_on_delete=True),),
    ),
    # what guards them (L05)
    "protect-dropped": Case((cluster,), (bare,)),
    "protect-dropped-and-replaced": Case(
        (cluster,), (bare.but(clusterType="SHARDED").having(replace_on_changes=["clusterType"]),)
    ),
    "protect-kept": Case((cluster,), (cluster.but(labels=[{"key": "team", "value": "rez"}]),)),
    "retain-dropped": Case((claim.having(retain_on_delete=True),), (claim,), ("--show-sames",)),
    "guards-dropped": Case(
        (cluster,), (cluster.but(terminationProtectionEnabled=False, backupEnabled=False, pitEnabled=False),)
    ),
    "guard-unknown": Case((cluster,), (cluster.but(terminationProtectionEnabled=UNKNOWN, backupEnabled=False),)),
    "guards-raised": Case((bare.but(pitEnabled=False),), (cluster,)),
    # sizes
    "tier-smaller": Case((cluster,), (cluster.but(replicationSpecs=sized(tier="M20")),)),
    "disk-smaller": Case((cluster,), (cluster.but(replicationSpecs=sized(disk=39)),)),
    "size-larger": Case((cluster,), (cluster.but(replicationSpecs=sized(tier="M40", disk=41)),)),
    "cluster-of-fewer-nodes": Case((of_nodes(5),), (of_nodes(3),)),
    "cluster-of-more-nodes": Case((of_nodes(3),), (of_nodes(5),)),
    "redis-of-fewer-pods": Case((of_pods(6),), (of_pods(3),)),
    "redis-of-more-pods": Case((of_pods(6),), (of_pods(8),)),
    "tier-unknown": Case((cluster,), (cluster.but(replicationSpecs=sized(tier=UNKNOWN, disk=39)),)),
    "tier-scaled-back": Case(
        (cluster.seen(replicationSpecs=sized(tier="M40")),),
        (cluster.but(labels=[{"key": "team", "value": "rez"}]),),
    ),
}
