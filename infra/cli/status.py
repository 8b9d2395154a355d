"""`rez status`."""

from __future__ import annotations

import json as json_format
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

REFRESH_S = 2.0
HEALTH_TIMEOUT_S = 5.0
_CLEAR = "\x1b[H\x1b[2J"


def status(
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Again every two seconds, until Ctrl-C.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object; with --watch one a line.")] = False,
) -> None:
    """Show what runs: release, replicas, autoscaler, endpoints, health, database, cache, resource use, last events."""
    read = _reader(stack)
    if not watch:
        typer.echo(json_format.dumps(read(), indent=2) if json else "\n".join(lines(read())))
        return
    while True:
        try:
            found = read()
            typer.echo(json_format.dumps(found) if json else _screen(found))
        except UnavailableError as error:
            typer.echo(str(error), err=True)
        time.sleep(REFRESH_S)


def _reader(stack: str | None) -> Callable[[], dict[str, Any]]:
    from datetime import UTC, datetime

    from infra.cli.stack import choose, connect
    from infra.local import paths, summary
    from infra.operations import cache, database, health, status
    from infra.rollout.target import Target
    from infra.settings import load
    from infra.settings.model import LOCAL

    chosen = choose(stack)
    settings = load(chosen, paths.ROOT)
    service = settings.service
    cluster = connect(chosen)

    def ask() -> status.Health:
        url = summary.service_url() if chosen == LOCAL else service.url  # a local port is the one that was free
        if not url:
            return status.Health("", 0, "(not published on this machine)")
        return health.ask(url + service.health_path, HEALTH_TIMEOUT_S)

    return lambda: {
        "stack": chosen,
        **status.read(cluster, Target(), health=ask, now=datetime.now(UTC)),
        "database": database.of_stack(settings),
        "cache": cache.read(cluster),
    }


def _screen(found: dict[str, Any]) -> str:
    return _CLEAR + "\n".join(lines(found)) if sys.stdout.isatty() else brief(found)


def brief(found: dict[str, Any]) -> str:
    """The status on one line."""
    replicas, endpoints = found["replicas"], found["endpoints"]
    ready = endpoints.get("error") or f"{endpoints['ready']}/{endpoints['total']}"
    return (
        f"{found['release']['version'] or 'no release'} {found['rollout']['state']}: "
        f"{replicas['ready']}/{replicas['desired']} ready, {replicas['updated']} updated, "
        f"endpoints {ready}, health {found['health']['status'] or 'no answer'}"
    )


def lines(found: dict[str, Any]) -> list[str]:
    """The status for a person."""
    from infra.operations import cache, database

    release, rollout, replicas, health = found["release"], found["rollout"], found["replicas"], found["health"]
    answer = f"{'ok' if health['ok'] else 'BAD'}: {health['status'] or 'no answer'} from {health['url'] or 'the API'}"
    counts = f"{replicas['ready']}/{replicas['desired']} ready, {replicas['updated']} updated"
    return [
        f"stack      {found['stack']}",
        f"release    {release['version'] or 'none'}  {release['image']}",
        f"rollout    {rollout['state']}: {rollout['message']}",
        *_run(found["run"]),
        f"replicas   {counts}, {replicas['available']} available",
        f"autoscaler {_hpa(found['hpa'])}",
        *(f"override   {override['message']}" for override in found["overrides"]),
        *(f"trouble    {trouble['about']}: {trouble['message']}" for trouble in found["troubles"]),
        f"endpoints  {_endpoints(found['endpoints'])}",
        f"health     {answer} {health['detail']}",
        f"database   {database.words(found['database'])}",
        f"cache      {cache.words(found['cache'])}",
        *_resources(found["resources"], found["restarts"]),
        *(
            f"event      {event['at']} {event['about']} {event['reason']}: {event['message']}"
            for event in found["events"]
        ),
    ]


def _run(run: dict[str, Any]) -> list[str]:
    if "error" in run:
        return [f"run        unavailable: {run['error']}"]
    if run["state"] == "none":
        return []
    held = f"; locked by {run['holder']} since {run['since']}, last seen {run['seen']}" if run["holder"] else ""
    remedy = f"; {run['remedy']}" if run["state"] == "left half done" else ""
    return [f"run        {run['state']}: {run['run'] or 'it has not begun'}{held}{remedy}"]


def _hpa(hpa: dict[str, Any]) -> str:
    if "error" in hpa:
        return f"unavailable: {hpa['error']}"
    metrics = "; ".join(f"{metric['name']} {metric['current']}, target {metric['target']}" for metric in hpa["metrics"])
    return f"{hpa['current']} of {hpa['min']} to {hpa['max']}, wants {hpa['desired']}; {metrics}"


def _endpoints(endpoints: dict[str, Any]) -> str:
    return (
        f"unavailable: {endpoints['error']}"
        if "error" in endpoints
        else f"{endpoints['ready']}/{endpoints['total']} ready"
    )


def _resources(resources: dict[str, Any], restarts: dict[str, int]) -> list[str]:
    used = resources.get("pods", {})
    head = f"unavailable: {resources['error']}" if "error" in resources else f"{_uses(resources)}, of the limits"
    pods = [
        f"pod        {pod}: {count} restarts" + (f", {_uses(used[pod])}" if pod in used else "")
        for pod, count in sorted(restarts.items())
    ]
    return [f"resources  {head}", *pods]


def _uses(amounts: dict[str, Any]) -> str:
    return f"CPU {_use(amounts, 'cpu', 'millicores', 'm')}, memory {_use(amounts, 'memory', 'mib', 'Mi')}"


def _use(amounts: dict[str, Any], what: str, unit: str, suffix: str) -> str:
    used, limit = amounts[f"{what}_{unit}"], amounts[f"{what}_limit_{unit}"]
    return f"{used}{suffix}/{limit}{suffix}" + (f" ({100 * used // limit}%)" if limit else "")
