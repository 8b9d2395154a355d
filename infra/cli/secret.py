"""`rez secrets`: what is known of the secrets, never a value."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    help="The secrets: which there are, who uses them, how old they are; never a value.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@app.command("list")
def list_secrets(
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List every secret: where its value is, its age, when it is to be rotated, who uses it."""
    from datetime import UTC, datetime

    from infra.cli.stack import choose, connect
    from infra.local import paths
    from infra.operations import secret_ages
    from infra.settings import load

    chosen = choose(stack)
    settings = load(chosen, paths.ROOT)
    rows, unread = secret_ages.read(settings, paths.ROOT, connect=lambda: connect(chosen), now=datetime.now(UTC))
    if json:
        typer.echo(json_format.dumps({"stack": chosen, "secrets": rows, "unread": unread}, indent=2))
        return
    typer.echo("\n".join(lines(rows)))
    for each in unread:
        typer.echo(f"not asked: {each}", err=True)


@app.command("certificate")
def issue_certificate(
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    days: Annotated[int, typer.Option(min=1, max=825, help="How long it is valid.")] = 365,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be set.")] = False,
) -> None:
    """Issue another certificate for the cache, with an authority of its own, into the stack file, encrypted."""
    from datetime import UTC, datetime, timedelta

    from infra import authority
    from infra.cli.stack import choose
    from infra.engine import Engine
    from infra.local import paths
    from infra.manifests.redis import names
    from infra.manifests.redis.secret import AUTHORITY, CERTIFICATE
    from infra.settings import load
    from infra.settings.stack_file import file_of

    engine = Engine(choose(stack))
    load(engine.stack, paths.ROOT)  # a wrong name is refused before anything is written
    now = datetime.now(UTC)
    if not dry_run:
        issued = authority.issue("redis", names.hosts(), now=now, days=days)
        engine.set_secret(AUTHORITY, issued.authority)
        engine.set_secret(CERTIFICATE, issued.certificate)
    what = f"{AUTHORITY} and {CERTIFICATE} {'would be' if dry_run else 'are'} set in {file_of(engine.stack)}"
    until = f"valid until {now + timedelta(days=days):%Y-%m-%d}"
    typer.echo(f'{what}, {until}; to roll them out: README.md, "The cache\'s certificate"')


def lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The secrets as aligned lines."""
    from infra.operations.secret_rotation import age_words, rotation_words
    from infra.text import aligned

    return aligned(
        (row["name"], row["source"] or "nowhere", age_words(row), rotation_words(row), "; ".join(row["used_by"]))
        for row in rows
    )
