"""`rez github …`: what the workflows do beside the commands that a person types."""

from __future__ import annotations

import os
from typing import Annotated

import typer

app = typer.Typer(
    help="For jobs of GitHub Actions: run's page, comment, issue.", rich_markup_mode=None, no_args_is_help=True
)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    *,
    artifact: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Gets what the command prints, for another job.")
    ] = None,
    accept: Annotated[
        list[int] | None, typer.Option(metavar="CODE", help="An exit code that a later job acts on: no failure here.")
    ] = None,
) -> None:
    """Run `rez` with the arguments behind `--`, and tell its end on the run's page; the exit code is the command's.

    The output `code` has it, too.
    """
    from pathlib import Path

    from infra.errors import PreconditionError
    from infra.github import command
    from infra.github.job import Job

    if not context.args:
        raise PreconditionError("name a command behind `--`, such as `rez github run -- status`")
    folder = Path(artifact) if artifact else None
    raise typer.Exit(command.run(context.args, Job(os.environ), artifact=folder, accept=accept or ()))


@app.command()
def comment(
    folder: Annotated[str, typer.Argument(help="Where the preview's artifact was unpacked.")],
) -> None:
    """Write a preview as the one comment of its pull request; its files are data, and are checked.

    The output `number` names the pull request if there are findings to upload for it, too; it is empty when there are
    none, or when the preview is not of its head any more.
    """
    from pathlib import Path

    from infra.github import delivery
    from infra.github.api import Api
    from infra.github.comment import deliver
    from infra.github.job import Job

    job = Job(os.environ)
    found = delivery.read(Path(folder))
    outdated = deliver(Api.of_job(os.environ), found, delivery.Run.of(job.event()))
    job.put("number", str(found.number) if found.findings and not outdated else "")
    typer.echo(f"nothing written: {outdated}" if outdated else f"written to pull request {found.number}")


@app.command()
def issue(
    title: Annotated[str, typer.Argument(help="Names the kind of finding; there is one issue for each.")],
    report: Annotated[str | None, typer.Argument(help="What was found, Markdown; without it nothing was.")] = None,
) -> None:
    """Open the issue of a kind of finding, bring it up to date, or close it when nothing was found."""
    from pathlib import Path

    from infra.errors import PreconditionError
    from infra.github import issue as issues
    from infra.github.api import Api
    from infra.github.job import Job
    from infra.text import unreadable

    api, url = Api.of_job(os.environ), Job(os.environ).url
    if report is None:
        typer.echo(issues.settle(api, title, url))
        return
    try:
        found = Path(report).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PreconditionError(f"{report}: cannot be read: {unreadable(error)}") from None
    typer.echo(issues.report(api, title, found, url))


@app.command()
def kubeconfig() -> None:
    """Write the text in $KUBECONFIG_TEXT as ~/.kube/config; it must hold no credential, and none may be there."""
    from pathlib import Path

    from infra.github import kubeconfig as files

    files.write(dict(os.environ), Path.home() / ".kube" / "config")
