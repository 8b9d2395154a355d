"""The API's pods: how many, how large, how they start, roll, scale and stop."""

from __future__ import annotations

from pydantic import Field

from infra.settings.units import Mebibytes, Millicores, Percent, Seconds, Section

ALLOCATION = "runbook, Resource Allocation"


class Pods(Section):
    """How many pods the autoscaler may run."""

    min: int = Field(ge=3, le=10, description=ALLOCATION)
    max: int = Field(ge=3, le=10, description=ALLOCATION)


class Cpu(Section):
    """Processor time of one pod."""

    request_millicores: Millicores = Field(ge=500, le=1000, description=ALLOCATION)
    limit_millicores: Millicores = Field(ge=500, le=1000, description=ALLOCATION)


class Memory(Section):
    """Memory of one pod."""

    request_mib: Mebibytes = Field(ge=512, le=1024, description=ALLOCATION)
    limit_mib: Mebibytes = Field(ge=512, le=1024, description=ALLOCATION)
    heap_cap_mib: Mebibytes = Field(
        ge=256,
        le=1024,
        description="ours: Node's --max-old-space-size; a heap above the limit is killed, not collected",
    )


class Rollout(Section):
    """How one release replaces another."""

    max_surge: int = Field(ge=1, le=3, description="runbook, Rolling restart (zero downtime)")
    min_ready_s: Seconds = Field(ge=1, le=60, description="ours: a pod counts once it stayed ready this long")
    progress_deadline_s: Seconds = Field(ge=60, le=1800, description="ours: the Deployment gives up after this")
    grace_period_s: Seconds = Field(ge=10, le=300, description="ours: from the order to stop until the kill")
    pre_stop_s: Seconds = Field(ge=1, le=60, description="ours: endpoints need this long to forget a pod")
    drain_s: Seconds = Field(ge=1, le=240, description="ours: the app finishes open requests this long")
    migration_timeout_s: Seconds = Field(
        ge=60, le=1800, description="ours: Kubernetes ends a migration then; what takes longer is no part of a deploy"
    )


class Autoscaling(Section):
    """When the autoscaler changes the number of pods."""

    cpu_target_percent: Percent = Field(
        ge=30,
        le=90,
        description="runbook, Key Metrics: CPU Usage target; here of the request, as the autoscaler counts",
    )
    memory_target_mib: Mebibytes = Field(
        ge=256,
        le=1024,
        description="runbook, Key Metrics: Memory Usage warning; an average per pod: heaps do not shrink",
    )
    scale_down_window_s: Seconds = Field(ge=60, le=3600, description="ours: the quiet time before a pod is taken away")
    scale_down_period_s: Seconds = Field(ge=15, le=1800, description="ours: at most one pod is taken away in this time")


class Disruption(Section):
    """What a drain may take."""

    max_unavailable: int = Field(ge=1, le=9, description="ours: with 0 a drain would wait forever")


class Probe(Section):
    """How often a pod is asked, and when the answer counts."""

    period_s: Seconds = Field(ge=1, le=60, description="ours")
    timeout_s: Seconds = Field(ge=1, le=30, description="ours")
    failures: int = Field(ge=2, le=120, description="ours: one lost answer is no failure")


class Probes(Section):
    """The three questions Kubernetes asks a pod."""

    startup: Probe
    readiness: Probe
    liveness: Probe


class Api(Section):
    """Everything about the API's pods."""

    pods: Pods
    cpu: Cpu
    memory: Memory
    rollout: Rollout
    autoscaling: Autoscaling
    disruption: Disruption
    probes: Probes
