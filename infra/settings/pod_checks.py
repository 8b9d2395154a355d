"""What no single field of the API's pods can tell: numbers that must fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.quantities import format_mib, format_millicores, format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.settings.api import Autoscaling, Cpu, Disruption, Memory, Pods, Probe, Rollout

HEAP_SHARE_PERCENT: Final = 80
"""Share of the memory limit that Node's heap may take; buffers, stacks and code need the rest."""

MINIMUM_PATIENCE_S: Final = 20
"""A garbage collection or a slow disk must not restart a pod."""


def pods_can_scale(pods: Pods) -> Iterator[str]:
    """The autoscaler needs room between its bounds."""
    if pods.min >= pods.max:
        yield f"api.pods.min: {pods.min} must be below api.pods.max ({pods.max}); lower min or raise max"


def disruption_lets_drains_pass(pods: Pods, disruption: Disruption) -> Iterator[str]:
    """At the autoscaler's minimum a drain must be able to take a pod, and leave one."""
    if disruption.max_unavailable >= pods.min:
        yield (
            f"api.disruption.max_unavailable: {disruption.max_unavailable} must be below api.pods.min ({pods.min}), "
            f"else one drain may take every pod; set at most {pods.min - 1}"
        )


def cpu_request_fits(cpu: Cpu) -> Iterator[str]:
    """A pod may not be promised more CPU than it may use."""
    if cpu.request_millicores > cpu.limit_millicores:
        yield (
            f"api.cpu.request: {format_millicores(cpu.request_millicores)} is above api.cpu.limit "
            f"({format_millicores(cpu.limit_millicores)}); lower the request"
        )


def memory_request_fits(memory: Memory) -> Iterator[str]:
    """A pod may not be promised more memory than it may use."""
    if memory.request_mib > memory.limit_mib:
        yield (
            f"api.memory.request: {format_mib(memory.request_mib)} is above api.memory.limit "
            f"({format_mib(memory.limit_mib)}); lower the request"
        )


def heap_fits(memory: Memory) -> Iterator[str]:
    """Node must collect its heap before the kernel kills the pod."""
    bound = memory.limit_mib * HEAP_SHARE_PERCENT // 100
    if memory.heap_cap_mib > bound:
        yield (
            f"api.memory.heap_cap: {format_mib(memory.heap_cap_mib)} is above {HEAP_SHARE_PERCENT}% of "
            f"api.memory.limit ({format_mib(memory.limit_mib)}); set at most {format_mib(bound)}"
        )


def memory_target_is_reachable(memory: Memory, autoscaling: Autoscaling) -> Iterator[str]:
    """Below the heap cap the target pins the pods at their maximum; at the limit it is never seen."""
    target, low, high = autoscaling.memory_target_mib, memory.heap_cap_mib, memory.limit_mib
    if not low <= target < high:
        yield (
            f"api.autoscaling.memory_target: {format_mib(target)} must be at least api.memory.heap_cap "
            f"({format_mib(low)}) and below api.memory.limit ({format_mib(high)}); set it between them"
        )


def stop_fits_the_grace_period(rollout: Rollout) -> Iterator[str]:
    """The kill must come after the last request was answered."""
    needed = rollout.pre_stop_s + rollout.drain_s
    if rollout.grace_period_s <= needed:
        yield (
            f"api.rollout.grace_period: {format_seconds(rollout.grace_period_s)} must be above pre_stop + drain "
            f"({format_seconds(rollout.pre_stop_s)} + {format_seconds(rollout.drain_s)}); set at least {needed + 1}s"
        )


def start_fits_the_deadline(startup: Probe, rollout: Rollout) -> Iterator[str]:
    """A pod that may still be starting must not be called stuck."""
    needed = startup.period_s * startup.failures + rollout.min_ready_s
    if needed >= rollout.progress_deadline_s:
        yield (
            f"api.rollout.progress_deadline: {format_seconds(rollout.progress_deadline_s)} must be above the slowest "
            f"start ({format_seconds(needed)}: startup period x failures + min_ready); set at least {needed + 1}s"
        )


def liveness_is_patient(liveness: Probe) -> Iterator[str]:
    """A restart is the last resort, not the answer to one slow moment."""
    patience = liveness.period_s * liveness.failures
    if patience < MINIMUM_PATIENCE_S:
        yield (
            f"api.probes.liveness: restarts after {patience}s without an answer, must be at least "
            f"{MINIMUM_PATIENCE_S}s; raise period or failures"
        )
