"""`rez preview`: what a change would do, shown and judged; nothing is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.preview.report import Report

_TABLE = "table"


def preview(
    *,
    base: Annotated[
        str | None, typer.Option(metavar="REV", help="Revision taken for what runs; its policies judge.")
    ] = None,
    head: Annotated[str, typer.Option(metavar="REV", help="Revision to preview. Default: the working tree.")] = "",
    live: Annotated[bool, typer.Option("--live", help="The checkout against the real state and cluster.")] = False,
    stack: Annotated[str, typer.Option(help="Stack name.")] = "production",
    form: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="FORMAT[=FILE]", help="table, markdown, json or sarif; may be repeated."),
    ] = None,
) -> None:
    """Show what a change would do, field by field, and what stands against it; nothing is touched.

    With --base it needs no credential, cloud or cluster, and passes none on. Exit code 4 on a mandatory finding, 2 on
    settings that cannot work or a program that fails; with --live also 7 where somebody else holds a field that would
    be changed, and 75 without a cluster.
    """
    from infra.errors import PreconditionError

    if bool(base) == live or (live and head):
        raise PreconditionError("say --base REV (with --head REV, or for the working tree), or --live")
    outputs = _outputs(form or [_TABLE])
    _show(_made(base, head, stack), outputs)


def _outputs(forms: Iterable[str]) -> list[tuple[str, str]]:
    """Each format and its file, "" for stdout."""
    from pathlib import Path

    from infra.errors import PreconditionError
    from infra.preview.reports import FORMATS

    found = [(form, file) for form, _, file in (each.partition("=") for each in forms)]
    if unknown := [form for form, _ in found if form not in FORMATS]:
        raise PreconditionError(f"--format: {unknown[0]} is none of {', '.join(FORMATS)}")
    if absent := [file for _, file in found if not Path(file).parent.is_dir()]:
        raise PreconditionError(f"--format: {absent[0]}: there is no such folder; make it, or name another")
    if sum(not file for _, file in found) > 1:
        raise PreconditionError("--format: only one can be printed; name files for the others, as in markdown=FILE")
    return found


def _made(base: str | None, head: str, stack: str) -> Report:
    from infra.local.paths import ROOT

    if base is None:
        from infra.preview import live

        return live.preview(ROOT, stack=stack)
    from infra.cli.stack import say
    from infra.preview import hermetic

    return hermetic.preview(ROOT, base=base, head=head, stack=stack, say=say)


def _show(report: Report, outputs: Iterable[tuple[str, str]]) -> None:
    from pathlib import Path

    from infra.errors import PolicyViolation, PreconditionError
    from infra.preview.reports import render

    for form, file in outputs:
        text = render(report, form)
        if not file:
            typer.echo(text)
            continue
        try:
            Path(file).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise PreconditionError(f"--format: {file}: {error.strerror}") from None
    if report.blocked:
        raise typer.Exit(PolicyViolation.exit_code)
    if not report.passed:
        raise typer.Exit(PreconditionError.exit_code)
