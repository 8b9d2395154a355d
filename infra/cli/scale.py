"""`rez scale`: how many pods, for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.overriding import TERM, TIMEOUT_S, DryRun, Json, Reason, Stack, Term, Timeout, Wait, act, asked

app = typer.Typer(help="How many pods, for a while: --min and --max, pin, resume.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def scale(  # noqa: PLR0913 - the command line's options
    context: typer.Context,
    *,
    least: Annotated[int | None, typer.Option("--min", help="Default: as declared.")] = None,
    most: Annotated[int | None, typer.Option("--max", help="Default: as declared.")] = None,
    reason: Reason = "",
    term: Term = TERM,
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Give the autoscaler other bounds within the runbook's 3 to 10 pods; they end by themselves."""
    if context.invoked_subcommand is not None:
        return
    from infra.operations import scale

    act(
        lambda scene, settings: scale.bounds(scene, settings, asked(scene, reason, term), least=least, most=most),
        stack=stack,
        timeout=timeout,
        wait=wait,
        dry_run=dry_run,
        json=json,
    )


@app.command()
def pin(  # noqa: PLR0913 - the command line's options
    pods: Annotated[int | None, typer.Argument(metavar="[N]", help="Default: as many as there are.")] = None,
    *,
    reason: Reason,
    term: Term = TERM,
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Hold the number of pods: the autoscaler stays, and has no room."""
    from infra.operations import scale

    act(
        lambda scene, settings: scale.pin(scene, settings, asked(scene, reason, term), pods),
        stack=stack,
        timeout=timeout,
        wait=wait,
        dry_run=dry_run,
        json=json,
    )


@app.command()
def resume(  # noqa: PLR0913 - the command line's options
    *,
    reason: Reason = "resume",
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Give the autoscaler its declared bounds back, now."""
    from infra.operations import scale

    act(
        lambda scene, settings: scale.resume(scene, settings, reason),
        stack=stack,
        timeout=timeout,
        wait=wait,
        dry_run=dry_run,
        json=json,
    )
