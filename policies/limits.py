"""The bounds that the rules judge by, each with its source; they do not follow the stack's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RESOURCES_SOURCE: Final = "runbook, Architecture: Resource Allocation"
SCALE_SOURCE: Final = "runbook, Architecture: Resource Allocation (3-10 pods, auto-scaling)"
RESTART_SOURCE: Final = "runbook, Common Operations 4: rolling restart (zero downtime)"
HEALTH_SOURCE: Final = "runbook, Service Information: Health Endpoint; Troubleshooting: Pod Crash Loop"
DEPLOY_SOURCE: Final = "runbook, Common Operations 6: Deploy New Version"
SECRETS_SOURCE: Final = "runbook, Common Operations 5: Update Environment Variables; Security Maintenance"
SECURITY_SOURCE: Final = "runbook, Security Maintenance; Kubernetes Pod Security Standard, level restricted"
NETWORK_SOURCE: Final = (
    "runbook, Architecture: Infrastructure (one load balancer, pods, MongoDB, Redis); Data Breach: Contain"
)
ACCESS_SOURCE: Final = "runbook, Security Maintenance: Review IAM policies"

NAMESPACE: Final = "production"
"""Where the API runs. Source: every command of the runbook."""

API: Final = "merchant-backend"
"""The API's Deployment. Source: runbook, Common Operations."""

API_CONTAINER: Final = "api"
"""The API's container. Source: runbook, Common Operations 6."""

API_REPOSITORIES: Final = ("docker.io/rezapp/merchant-backend", "rezapp/merchant-backend")
"""Where the API's image may come from; both names mean the same. Source: runbook, Common Operations 6."""

PUBLIC_SERVICE: Final = "merchant-backend-service"
"""The one Service with a load balancer. Source: runbook, Common Operations 2, and Infrastructure."""

HEALTH_PATH: Final = "/health"
"""Answers for MongoDB and Redis too, so it must not decide about a restart. Source: runbook, Service Information."""

DRAIN_S: Final = 10
"""Least seconds between the end of preStop and the kill. Source: runbook, Common Operations 4 (zero downtime)."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that is allowed, both included."""

    least: int
    most: int


PODS: Final = Range(3, 10)
"""Replicas of the API. Source: runbook, Resource Allocation."""

CPU_MILLICORES: Final = Range(500, 1000)
"""CPU of one API pod: request and limit. Source: runbook, Resource Allocation."""

MEMORY_MIB: Final = Range(512, 1024)
"""Memory of one API pod: request and limit. Source: runbook, Resource Allocation."""
