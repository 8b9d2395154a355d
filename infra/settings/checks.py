"""What no single field can tell: numbers that must fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.quantities import format_mib, format_milliseconds, format_percent, format_seconds
from infra.settings import canary_checks, pod_checks
from infra.settings.alerts import LatencyLevels, PercentLevels
from infra.settings.data import (
    CONNECTION_LIMIT,
    DISK_LIMIT_GB,
    MONITORING_CONNECTIONS,
    RESERVED_CONNECTIONS,
    Database,
    Pool,
)
from infra.settings.maintenance import minutes_of_day
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.settings.api import Pods, Rollout
    from infra.settings.atlas import Backup
    from infra.settings.contacts import Contacts
    from infra.settings.maintenance import Maintenance
    from infra.settings.provenance import Provenance
    from infra.settings.redis import Redis
    from infra.settings.secret_sources import SecretSources
    from infra.settings.service import Service

LONGEST_WINDOW_S: Final = 3 * 3600
"""The runbook's low-traffic hours, 2-5 AM."""


def pool_is_a_range(pool: Pool) -> Iterator[str]:
    """The smallest pool may not exceed the largest."""
    if pool.min > pool.max:
        yield f"database.pool.min: {pool.min} is above database.pool.max ({pool.max}); lower min"


def connections_fit_the_tier(pods: Pods, rollout: Rollout, database: Database) -> Iterator[str]:
    """All pods of a rollout with full pools must fit the connections of one Atlas node."""
    usable = CONNECTION_LIMIT[database.tier] - RESERVED_CONNECTIONS
    running = pods.max + rollout.max_surge
    needed = (database.pool.max + MONITORING_CONNECTIONS) * running
    if needed > usable:
        yield (
            f"database.pool.max: ({database.pool.max} + {MONITORING_CONNECTIONS}) connections x ({pods.max} + "
            f"{rollout.max_surge}) pods = {needed} is above the {usable} of {database.tier}; set at most "
            f"{usable // running - MONITORING_CONNECTIONS}, or a larger database.tier"
        )


def every_master_has_a_replica(redis: Redis) -> Iterator[str]:
    """A master without a replica takes its slots down with it."""
    if redis.replicas < redis.masters or redis.replicas % redis.masters:
        yield (
            f"redis.replicas: {redis.replicas} must be a multiple of redis.masters ({redis.masters}); "
            f"set {max(1, redis.replicas // redis.masters) * redis.masters}"
        )


def redis_has_room(redis: Redis) -> Iterator[str]:
    """A rewrite of its file may need half as much again; above the limit the kernel ends the server."""
    memory, most = redis.memory, redis.memory.limit_mib * 2 // 3
    if memory.data_mib > most:
        yield (
            f"redis.memory.data: {format_mib(memory.data_mib)} is above two thirds of redis.memory.limit "
            f"({format_mib(memory.limit_mib)}); set at most {format_mib(most)}"
        )
    if memory.request_mib > memory.limit_mib:
        yield (
            f"redis.memory.request: {format_mib(memory.request_mib)} is above redis.memory.limit "
            f"({format_mib(memory.limit_mib)}); lower it"
        )
    if redis.cpu.request_millicores > redis.cpu.limit_millicores:
        yield (
            f"redis.cpu.request: {redis.cpu.request_millicores}m is above redis.cpu.limit "
            f"({redis.cpu.limit_millicores}m); lower it"
        )


def disk_fits_the_tier(database: Database) -> Iterator[str]:
    """Atlas refuses a disk that is larger than the tier can have."""
    most = DISK_LIMIT_GB[database.tier]
    if database.atlas.disk_gb > most:
        yield (
            f"database.atlas.disk_gb: {database.atlas.disk_gb} is above the {most} GB of {database.tier}; "
            f"set at most {most}, or a larger database.tier"
        )


def snapshots_cover_the_restores(backup: Backup) -> Iterator[str]:
    """A moment is restored from the snapshot before it."""
    if backup.keep_hourly_days < backup.restore_window_days:
        yield (
            f"database.backup.keep_hourly_days: {backup.keep_hourly_days} is below restore_window_days "
            f"({backup.restore_window_days}); set at least {backup.restore_window_days}"
        )


def atlas_knows_the_window(maintenance: Maintenance, database: Database) -> Iterator[str]:
    """Atlas starts its own maintenance at a whole hour of its project's time zone, which no program can set."""
    window, zone = maintenance.window, database.atlas.time_zone
    if zone != window.time_zone:
        yield (
            f"database.atlas.time_zone: {zone} is not maintenance.window.time_zone ({window.time_zone}), so Atlas "
            f"would begin at {window.start} {zone}; set it to {window.time_zone} here and in Atlas, Project Settings"
        )
    if minutes_of_day(window.start) % 60:
        yield f"maintenance.window.start: {window.start} is no whole hour, and Atlas knows no other; set the next one"


def maintenance_fits_its_window(maintenance: Maintenance) -> Iterator[str]:
    """The longest maintenance must end inside the low-traffic hours, and these must stay the runbook's three."""
    window, longest = maintenance.window, maintenance.max_duration_s
    shown = f"{window.start}-{window.end} {window.time_zone}"
    if longest > window.length_s:
        yield (
            f"maintenance.max_duration: {format_seconds(longest)} is longer than maintenance.window ({shown}); "
            f"set at most {format_seconds(window.length_s)}"
        )
    if window.length_s > LONGEST_WINDOW_S:
        yield (
            f"maintenance.window: {shown} is {format_seconds(window.length_s)} long, above the runbook's "
            f"{format_seconds(LONGEST_WINDOW_S)}; move start or end"
        )


def levels_rise(path: str) -> Callable[[PercentLevels | LatencyLevels], Iterator[str]]:
    """A check that target < warning < critical of the levels at ``path``."""

    def check(levels: PercentLevels | LatencyLevels) -> Iterator[str]:
        for lower, higher in (("target", "warning"), ("warning", "critical")):
            low, high = _level(levels, lower), _level(levels, higher)
            if low[0] >= high[0]:
                yield f"{path}.{lower}: {low[1]} must be below {path}.{higher} ({high[1]}); lower it or raise {higher}"

    return check


def _level(levels: PercentLevels | LatencyLevels, name: str) -> tuple[float, str]:
    if isinstance(levels, LatencyLevels):
        value: int = getattr(levels, f"{name}_ms")
        return value, format_milliseconds(value)
    share: float = getattr(levels, f"{name}_percent")
    return share, format_percent(share)


def contacts_are_real(stack: str, contacts: Contacts) -> Iterator[str]:
    """A page must reach somebody."""
    if stack == LOCAL:
        return
    for role in type(contacts).model_fields:
        for field, value in getattr(contacts, role).placeholders():
            yield (
                f"contacts.{role}.{field}: {value!r} is a placeholder, so a page would reach nobody; "
                f"set {'a real value' if field != 'phone' else 'a real number or leave it out'}"
            )


def tls_ends_somewhere(stack: str, service: Service) -> Iterator[str]:
    """An https address needs a named place that has the certificate, else port 80 in clear is all there is."""
    tls = service.tls
    if tls.certificate and tls.terminated:
        yield "service.tls: certificate and terminated exclude each other; remove one"
    if stack != LOCAL and service.url.startswith("https:") and not (tls.certificate or tls.terminated):
        yield (
            f"service.tls: missing for {service.url}; set {{certificate: ARN}} if the Service's load balancer ends "
            "TLS, or {terminated: upstream} if something in front of it does"
        )


def provenance_is_whole(stack: str, provenance: Provenance) -> Iterator[str]:
    """A workflow is one of a repository's, and only images from a registry can have been attested."""
    if (provenance.repository is None) != (provenance.workflow is None):
        missing = "workflow" if provenance.workflow is None else "repository"
        yield f"provenance.{missing}: missing; set both, or remove the section to deploy images that nobody vouches for"
    elif stack == LOCAL and provenance.repository is not None:
        yield f"provenance: stack {LOCAL} runs images that were built on this machine; remove it"


def local_secrets_stay_local(stack: str, sources: SecretSources) -> Iterator[str]:
    """Stack local holds dummies and must work without any account."""
    if stack == LOCAL and sources.aws:
        yield "secret_sources.aws: stack local has dummy secrets of its own; remove it"


CHECKS: Final[tuple[tuple[Callable[..., Iterator[str]], tuple[str, ...]], ...]] = (
    (pod_checks.pods_can_scale, ("api.pods",)),
    (pod_checks.disruption_lets_drains_pass, ("api.pods", "api.disruption")),
    (pod_checks.cpu_request_fits, ("api.cpu",)),
    (pod_checks.memory_request_fits, ("api.memory",)),
    (pod_checks.heap_fits, ("api.memory",)),
    (pod_checks.memory_target_is_reachable, ("api.memory", "api.autoscaling")),
    (pod_checks.stop_fits_the_grace_period, ("api.rollout",)),
    (pod_checks.start_fits_the_deadline, ("api.probes.startup", "api.rollout")),
    (pod_checks.liveness_is_patient, ("api.probes.liveness",)),
    (canary_checks.canary_fits_the_surge, ("api.rollout", "canary")),
    (canary_checks.judges_take_their_time, ("stack", "canary", "bake")),
    (canary_checks.promotion_is_by_hand, ("stack", "canary")),
    (canary_checks.metrics_have_one_source, ("telemetry",)),
    (pool_is_a_range, ("database.pool",)),
    (connections_fit_the_tier, ("api.pods", "api.rollout", "database")),
    (disk_fits_the_tier, ("database",)),
    (snapshots_cover_the_restores, ("database.backup",)),
    (atlas_knows_the_window, ("maintenance", "database")),
    (every_master_has_a_replica, ("redis",)),
    (redis_has_room, ("redis",)),
    (maintenance_fits_its_window, ("maintenance",)),
    *(
        (levels_rise(path), (path,))
        for path in (
            "alerts.error_rate",
            "alerts.response_time_p95",
            "alerts.cpu",
            "alerts.memory",
            "alerts.database_connections",
            "alerts.database_disk",
        )
    ),
    (contacts_are_real, ("stack", "contacts")),
    (tls_ends_somewhere, ("stack", "service")),
    (local_secrets_stay_local, ("stack", "secret_sources")),
    (provenance_is_whole, ("stack", "provenance")),
)
"""Each check with the parts it reads; it runs as soon as these parts are valid, whatever else is wrong."""


def problems(parts: dict[str, Any]) -> list[str]:
    """Run every check whose parts are there.

    Args:
        parts: Valid parts of the settings by their path, like ``api.pods``.

    Returns:
        One line for each problem.
    """
    lines: list[str] = []
    for check, needed in CHECKS:
        if all(path in parts for path in needed):
            lines.extend(check(*(parts[path] for path in needed)))
    return lines
