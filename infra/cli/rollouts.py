"""What `rez deploy` and `rez rollback` share: the scene they act in and how their report is shown."""

from __future__ import annotations

import getpass
import json as json_format
import os
import socket
from typing import TYPE_CHECKING

import typer

from infra.cli.stack import choose, connect, say

if TYPE_CHECKING:
    from infra.rollout.report import Report
    from infra.rollout.scene import Scene


def scene(stack: str | None, timeout_s: float) -> Scene:
    """The stack's cluster and engine, with progress told on stderr."""
    from infra.engine import Engine
    from infra.rollout.scene import Scene

    chosen = choose(stack)
    return Scene(chosen, connect(chosen), Engine(chosen), say=say, timeout_s=timeout_s, by=actor())


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


def show_report(report: Report, *, json: bool) -> None:
    """Show how it ended; a bad end is raised, so that it becomes the exit code.

    Raises:
        RolloutError: The release is bad.
    """
    typer.echo(json_format.dumps(report.as_json()) if json else "\n".join(report.lines()))
    if (failure := report.error()) is not None:
        raise failure
