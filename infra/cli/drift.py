"""`rez drift`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.operations.drift import Scene

_TIMEOUT_S = 900


def drift(
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Take back what drifted, by the engine, and watch the API.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --fix: show what it would do; touch nothing.")
    ] = False,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, json or markdown.")] = "table",
    json: Annotated[bool, typer.Option("--json", help="Short for --format json: one JSON object on stdout.")] = False,
) -> None:
    """Compare what runs with what the stack declares: what differs, who did it, since when, what `up` would do.

    Exit code 7 when something differs, 12 when nothing does but not everything could be read.
    """
    from infra.cli.rollouts import scene as rollout
    from infra.cli.stack import choose
    from infra.drift.report import FORMATS, render
    from infra.errors import DriftFound, Inconclusive, PreconditionError
    from infra.operations import drift as task
    from infra.operations import take_back

    if dry_run and not fix:
        raise PreconditionError("--dry-run: `rez drift` touches nothing by itself; it goes with --fix")
    form = "json" if json else form
    if form not in FORMATS:
        raise PreconditionError(f"--format: {form} is none of {', '.join(FORMATS)}")
    chosen = choose(stack)
    scene = _scene(chosen)
    report = task.read(scene)
    if fix and dry_run:
        take_back.preview(scene, report)
    elif fix:
        report = take_back.take_back(scene, report, rollout(chosen, _TIMEOUT_S))
    typer.echo(render(report, form))
    if report.differences:
        raise typer.Exit(DriftFound.exit_code)
    if report.unread:
        raise typer.Exit(Inconclusive.exit_code)


def _scene(stack: str) -> Scene:
    """The stack's cluster, which must be the right one, its engine and its Atlas."""
    from infra.atlas_api import Atlas
    from infra.cli.stack import connect, say
    from infra.engine import guard
    from infra.engine.take_back import TakingEngine
    from infra.local import paths
    from infra.local.atlas import access
    from infra.operations.drift import Scene
    from infra.settings import load
    from infra.settings.model import LOCAL

    cluster = connect(stack)
    guard.check(load(stack, paths.ROOT), cluster)
    return Scene(TakingEngine(stack), cluster, say, Atlas(access.environment() if stack == LOCAL else os.environ))
