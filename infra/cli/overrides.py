"""`rez overrides drop-expired`: what the hourly job does."""

from __future__ import annotations

import typer

from infra.cli.overriding import TIMEOUT_S, DryRun, Json, Stack, Timeout, Wait, act

app = typer.Typer(help="What holds for a while, see `rez status`.", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `drop-expired` a command of its own, though it is the only one."""


@app.command("drop-expired")
def drop_expired(
    *,
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Bring back what is declared in the place of overrides that are over; nothing is touched if none is.

    With --dry-run exit code 7 when one is.
    """
    from infra.errors import DriftFound
    from infra.operations import expired

    plan = act(
        lambda scene, _: expired.plan(scene), stack=stack, timeout=timeout, wait=wait, dry_run=dry_run, json=json
    )
    if dry_run and not plan.done:
        raise typer.Exit(DriftFound.exit_code)
