"""`rez check`: the policies without engine, cluster or network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policies.inputs.pulumi_file import Stack
    from policies.judging.assess import Assessment

_DEFAULT_STACK = "production"
_UNREADABLE = 2


def check(
    files: Annotated[list[str] | None, typer.Argument(help="Manifests: files, folders, - for stdin.")] = None,
    *,
    preview: Annotated[str | None, typer.Option(metavar="FILE", help="What `pulumi preview --json` printed.")] = None,
    state: Annotated[str | None, typer.Option(metavar="FILE", help="What `pulumi stack export` printed.")] = None,
    stack: Annotated[str | None, typer.Option(help="Default: the input's own, else production.")] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table, json, sarif, junit, markdown or github.")
    ] = "table",
) -> None:
    """Judge manifests, a preview or a state by the runbook's policies; exit code 4 on a mandatory finding."""
    import gc

    from infra.errors import PolicyViolation, PreconditionError
    from policies.inputs.loaded import Extent
    from policies.reports import FORMATS, render

    gc.disable()  # nothing that is read is let go before the end
    if form not in FORMATS:
        raise PreconditionError(f"--format: {form} is none of {', '.join(FORMATS)}")
    if sum(map(bool, (files, preview, state))) != 1:
        raise PreconditionError("name files, folders or - (stdin), or one of --preview FILE and --state FILE")
    try:
        found = _assessed(_read(files or [], preview, state), stack)
    except ValueError as error:
        raise PreconditionError(str(error)) from None
    if found.extent is Extent.PART:
        typer.echo(
            "note: the preview shows changes alone; with --show-sames objects are judged together, too", err=True
        )
    # A name may hold half a character, which JSON can write and no terminal.
    typer.echo(render(found, form).encode(errors="replace"))
    if found.blocked:
        raise typer.Exit(PolicyViolation.exit_code)
    if found.problems:
        raise typer.Exit(_UNREADABLE)


def _read(files: list[str], preview: str | None, state: str | None) -> Stack:
    from policies.inputs import manifests
    from policies.inputs.pulumi_file import Stack

    if preview:
        from policies.inputs import preview as previews

        return previews.read(manifests.text(preview), preview)
    if state:
        from policies.inputs import state as states

        return states.read(manifests.text(state), state)
    return Stack(name="", loaded=manifests.read(files))


def _assessed(read: Stack, stack: str | None) -> Assessment:
    from datetime import UTC, datetime

    from infra.local.paths import ROOT
    from policies.inputs.stack_file import exemptions
    from policies.judging.assess import assess
    from policies.judging.plan import judge_plan

    chosen = stack or read.name or _DEFAULT_STACK
    return assess(
        read.loaded,
        stack=chosen,
        declared=exemptions(ROOT / f"Pulumi.{chosen}.yaml"),
        today=datetime.now(UTC).date(),
        more=judge_plan(read.steps, stack=chosen),
    )
