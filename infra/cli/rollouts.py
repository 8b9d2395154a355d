"""What `rez deploy` and `rez rollback` share: the scene they act in and how their report is shown."""

from __future__ import annotations

import getpass
import json as json_format
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, get_args

import typer

from infra.cli.stack import choose, connect, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.rollout.report import Report
    from infra.rollout.scene import Scene

Ended = TypeVar("Ended")


def scene(stack: str | None, timeout_s: float) -> Scene:
    """The stack's cluster and engine, with progress told on stderr."""
    from infra.engine import Engine
    from infra.local import paths
    from infra.rollout.scene import Scene
    from infra.settings import load
    from infra.telemetry.connect import source

    chosen = choose(stack)
    cluster, settings = connect(chosen), load(chosen, paths.ROOT)
    return Scene(
        chosen,
        cluster,
        Engine(chosen),
        say=say,
        timeout_s=timeout_s,
        by=actor(),
        settings=settings,
        metrics=None if _is_simulated(chosen) else source(settings, cluster),
    )


def with_canary(acting: Scene, *, wanted: bool, on_inconclusive: str | None) -> Scene:
    """The scene as the command line wants it instead of the stack file.

    Raises:
        PreconditionError: There is no such choice.
    """
    from infra.errors import PreconditionError
    from infra.settings.canary import OnInconclusive

    settings = acting.settings
    if on_inconclusive is not None:
        if on_inconclusive not in get_args(OnInconclusive):
            choices = ", ".join(get_args(OnInconclusive))
            raise PreconditionError(f"--on-inconclusive: {on_inconclusive!r} is none of {choices}")
        canary = settings.canary.model_copy(update={"on_inconclusive": on_inconclusive})
        settings = settings.model_copy(update={"canary": canary})
    return replace(acting, settings=settings, canary=wanted)


def _is_simulated(stack: str) -> bool:
    """Whether no container runs, so that nothing ever answers a request."""
    from infra.local.cluster import lifecycle
    from infra.settings.model import LOCAL

    running = lifecycle.find() if stack == LOCAL else None
    return running is not None and running.machine.simulated


def actor() -> str:
    """Who runs this, for the ledger: CI's actor, else `user@host`."""
    if ci := os.environ.get("GITHUB_ACTOR"):
        return f"{ci} (GitHub run {os.environ.get('GITHUB_RUN_ID', 'unknown')})"
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def show_plan(plan: list[str], preview: list[str], *, json: bool) -> None:
    """Show what would happen: the plan, then the engine's own words."""
    if json:
        typer.echo(json_format.dumps({"dry_run": True, "plan": plan, "preview": preview}))
    else:
        typer.echo("\n".join([*plan, *(f"  | {line}" for line in preview)]))


def finish(acting: Scene, task: Callable[[Scene], Report], *, json: bool, file: str | None = None) -> None:
    """Carry a task out, show it and how it ended, and tell those who want to know; a bad end becomes the exit code.

    Args:
        acting: Who does it, and where.
        task: Carries it out.
        json: Whether the end is shown as one JSON object.
        file: Gets the report, `.md` or `.json`.

    Raises:
        RolloutError: The release is bad, or nothing is known about it.
    """
    from infra.cli import report_file
    from infra.errors import RolloutError

    try:
        report, phases = shown(acting, task)
    except RolloutError as error:  # there is no report: it is left as it is
        tell(acting, str(error), good=False)
        raise
    typer.echo(json_format.dumps(report.as_json()) if json else "\n".join(report.lines()))
    if file is not None:
        report_file.write(file, report, phases)
    failure = report.error()
    if report.outcome != "unchanged":
        serving = report.release.version if failure is None else ""
        tell(acting, "\n".join(report.lines()), good=failure is None, serving=serving)
    if failure is not None:
        raise failure


def shown(acting: Scene, task: Callable[[Scene], Ended]) -> tuple[Ended, list[tuple[str, float]]]:
    """Carry a task out and show its progress.

    Returns:
        Its end, and the names and seconds of its phases.
    """
    from infra.cli import progress

    with progress.choose() as view:
        end = task(replace(acting, say=view.say, show=view.show))
    return end, view.phases


def tell(acting: Scene, text: str, *, good: bool, serving: str = "") -> None:
    """Tell those whom the stack's settings name; who cannot be told is said, and no more.

    Args:
        acting: Who did it, and where.
        text: What happened.
        good: Whether it is good news.
        serving: The release that was brought in, "" where none was.
    """
    from infra.local import paths
    from infra.notify.news import News, deliveries
    from infra.notify.send import send
    from infra.settings import load

    news = News(acting.stack, good, text, acting.by, serving)
    send(deliveries(news, load(acting.stack, paths.ROOT).notifications, os.environ), say=acting.say)
