"""The bounds that the rules judge by, each with its source; they do not follow the stack's settings."""

from __future__ import annotations

from typing import Final, NamedTuple

RESOURCES_SOURCE: Final = "runbook, Architecture: Resource Allocation"
SCALE_SOURCE: Final = "runbook, Architecture: Resource Allocation (3-10 pods, auto-scaling)"
METRICS_SOURCE: Final = "runbook, Monitoring & Alerts: Key Metrics to Monitor"
RESTART_SOURCE: Final = "runbook, Common Operations 4: rolling restart (zero downtime)"
HEALTH_SOURCE: Final = "runbook, Service Information: Health Endpoint; Troubleshooting: Pod Crash Loop"
DEPLOY_SOURCE: Final = "runbook, Common Operations 6: Deploy New Version"
SECRETS_SOURCE: Final = "runbook, Common Operations 5: Update Environment Variables; Security Maintenance"
SECURITY_SOURCE: Final = "runbook, Security Maintenance; Kubernetes Pod Security Standard, level restricted"
NETWORK_SOURCE: Final = (
    "runbook, Architecture: Infrastructure (one load balancer, pods, MongoDB, Redis); Data Breach: Contain"
)
ACCESS_SOURCE: Final = "runbook, Security Maintenance: Review IAM policies"
DATABASE_SOURCE: Final = "runbook, Technology Stack: MongoDB Atlas (M30 cluster)"
BACKUP_SOURCE: Final = "runbook, Database Maintenance: backups; Database Failure: Restore from backup"
CONNECTIONS_SOURCE: Final = "runbook, Database Connection Exhaustion; MongoDB Atlas documentation: Atlas Service Limits"

NAMESPACE: Final = "production"
"""Where the API runs. Source: every command of the runbook."""

API: Final = "merchant-backend"
"""The API's Deployment. Source: runbook, Common Operations."""

API_AUTOSCALER: Final = "merchant-backend-hpa"
"""The API's autoscaler. Source: runbook, Common Operations (HPA)."""

API_CONTAINER: Final = "api"
"""The API's container. Source: runbook, Common Operations 6."""

API_REPOSITORIES: Final = ("docker.io/rezapp/merchant-backend", "rezapp/merchant-backend")
"""Where the API's image may come from; both names mean the same. Source: runbook, Common Operations 6."""

PUBLIC_SERVICE: Final = "merchant-backend-service"
"""The one Service with a load balancer. Source: runbook, Common Operations 2, and Infrastructure."""

METRICS_PATH: Final = "/metrics"
"""What Prometheus and the canary's judge read. Source: runbook, Key Metrics to Monitor; infra/local/app."""

HEALTH_PATH: Final = "/health"
"""Answers for MongoDB and Redis too, so it must not decide about a restart. Source: runbook, Service Information."""

DRAIN_S: Final = 10
"""Least seconds between the end of preStop and the kill. Source: runbook, Common Operations 4 (zero downtime)."""


DATABASE_PORTS: Final = frozenset({3306, 5432, 6379, 6380, 16379, 26379, 27017, 27018, 27019})
"""Where databases listen, the cluster bus of Redis and Sentinel too. Source: the products' default ports."""

DATABASES: Final = frozenset(
    {"ferretdb", "mariadb", "mongo", "mongodb", "mysql", "postgres", "postgresql", "redis", "valkey"}
)
"""Databases by the first word of their images' names. Source: the products."""


class Range(NamedTuple):
    """The least and the most that is allowed, both included."""

    least: int
    most: int


PODS: Final = Range(3, 10)
"""Replicas of the API. Source: runbook, Resource Allocation."""

CPU_MILLICORES: Final = Range(500, 1000)
"""CPU of one API pod: request and limit. Source: runbook, Resource Allocation."""

MEMORY_MIB: Final = Range(512, 1024)
"""Memory of one API pod: request and limit. Source: runbook, Resource Allocation."""

MEMORY_FOR_A_WHILE_MIB: Final = 2048
"""Memory limit of one API pod where an exemption on the Deployment says why. Source: runbook, Out of Memory."""

CPU_TARGET_PERCENT: Final = Range(1, 80)
"""The CPU target of the API's HPA, in percent of the request. Source: runbook, CPU Usage (a warning above 80 %)."""

HEAP_PERCENT: Final = 80
"""Share of the memory limit that Node's heap may take at most. Source: runbook, Memory Usage (target below 80 %)."""

LIVENESS_FAILURES: Final = 2
"""Lost answers before a restart, at least. Ours: one lost answer is no stuck process."""

LIVENESS_PATIENCE_S: Final = 10
"""Seconds without an answer before a restart, at least. Source: Kubernetes, probes: the default period."""

API_LIVENESS_PATIENCE_S: Final = 20
"""The same of the API. Ours: a collection of its heap, or a slow disk, must not restart it."""


class Port(NamedTuple):
    """A port and its protocol."""

    number: int
    protocol: str = "TCP"

    def __str__(self) -> str:
        return f"{self.protocol} {self.number}"


EGRESS: Final = {
    "DNS": Port(53, "UDP"),
    "MongoDB": Port(27017),
    "Redis": Port(6379),
    "HTTPS to the services outside": Port(443),
}
"""What the API talks to. Source: runbook, Technology Stack and External Dependencies; the services' default ports."""

VOLUME_TYPES: Final = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
"""What a pod may mount. Source: Kubernetes Pod Security Standard, Volume Types, as of 1.35."""

OLD_POD_SECURITY: Final = r"v1\.([0-9]|1[0-9]|2[0-2])"
"""Versions of the standard that lack checks. Source: Kubernetes, pod-security-admission: runAsUser since 1.23."""

SAFE_SYSCTLS: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
"""Kernel settings that concern one pod alone. Source: Kubernetes Pod Security Standard, Sysctls, as of 1.32."""

SELINUX_TYPES: Final = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
"""Types that confine a container. Source: Kubernetes Pod Security Standard, SELinux, as of 1.31."""

LEAST_TIER: Final = 30
"""Least tier of a database node: M30, R40 (there is no R30). Source: runbook, Technology Stack."""

CONNECTIONS: Final = {0: 500, 10: 1500, 20: 3000, 40: 6000, 50: 16000, 60: 32000, 80: 64000, 140: 96000, 200: 128000}
"""Connections that a node allows from a tier up, the least of all clouds. Source: Atlas Service Limits, Nov 2026."""

LOW_CPU_CONNECTIONS: Final = {40: 4000}
"""Where tiers of the low-CPU class (R40) allow fewer. Source: Atlas Service Limits, AWS, November 2026."""

RESERVED_CONNECTIONS: Final = 10
"""What Atlas keeps of each node's connections for itself. Source: Atlas Service Limits."""

MONITORING_CONNECTIONS: Final = 2
"""What a driver opens to each node beside its pool. Source: MongoDB, Connection Pool Overview."""

POOL_VARIABLE: Final = "MONGODB_MAX_POOL_SIZE"
"""Where the API reads the size of its pool. Source: runbook, Database Connection Exhaustion."""

POOL_SIZE: Final = 100
"""The pool where nobody sets it. Source: MongoDB Node.js driver, connection options: maxPoolSize."""

DISK_GB: Final = 40
"""Least disk of a database node: what an M30 comes with. Source: runbook, M30 cluster; Atlas, Amazon Web Services."""

DISK_MAXIMUM_GB: Final = {10: 128, 20: 255, 30: 512, 40: 1024, 50: 4096}
"""The largest disk from a tier up. Source: MongoDB Atlas documentation, Amazon Web Services, November 2026."""

ELECTABLE_NODES: Final = Range(3, 7)
"""Nodes that elect a primary, an odd number. Source: runbook, Database Failure; Atlas Service Limits."""

MONGODB_VERSIONS: Final = ("7.0", "8.0", "9.0")
"""Major versions in support on 25 November 2026; 7.0 until 31 August 2027, 8.0 until 31 October 2029.

Source: MongoDB Software Lifecycle Schedules; MongoDB Versions in Atlas.
"""

RESTORE_WINDOW_DAYS: Final = 7
"""Least days back for a restore to a point in time. Source: Atlas Architecture Center, Guidance for Atlas Backups."""

MAINTENANCE_HOURS: Final = Range(2, 4)
"""Hours in which maintenance may start. Source: runbook, Planned Maintenance (2-5 AM)."""

PREFIX_BITS: Final = {4: 16, 6: 48}
"""The widest network that may reach the database, by IP version. Source: ours; a VPC of AWS, a site of RFC 6177."""

OWNED_BITS: Final = {4: 8, 6: 12}
"""Wider networks belong to nobody: they are the internet. Source: IANA's address registries, largest allocations."""

REDIS_SOURCE: Final = "runbook, Technology Stack: Redis 7 (cluster mode)"

REDIS_PODS: Final = 6
"""Least nodes of a cluster: 3 masters, a replica of each. Source: Redis documentation, Scale with Redis Cluster."""

REDIS_MAX_CLIENTS: Final = 10_000
"""Connections that a node takes unless told otherwise. Source: redis.conf of Redis 7, maxclients."""

REDIS_CONNECTIONS: Final = 3
"""Connections of one client to one node at most. Source: ours: one for commands, a subscriber, a slot refresh."""

REDIS_NODE_CONNECTIONS: Final = 3
"""Connections to a node for each node of its cluster: bus in, bus out, a replica. Source: redis.conf, maxclients."""

EXEMPTION_DAYS: Final = 90
"""Days that an exemption may last at most. Source: ours; each quarter somebody has to want it again, or mend it."""
