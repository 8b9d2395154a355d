"""`rez doctor`: what the system needs and what of it this machine has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.local.doctor import Row

SIGNS = {"ok": "ok", "later": "later", "warning": "warn", "missing": "MISSING"}
COLORS = {"ok": "green", "later": "cyan", "warning": "yellow", "missing": "red"}


def doctor(json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say what is found, in which version, from where, what is missing and how to get it.

    Exit code 0 when `make local` can work here: what it installs, builds or starts by itself counts as there ("later").
    Exit code 2 when something is missing that it cannot get.
    """
    from datetime import UTC, datetime

    from infra.local.doctor import collect, missing

    rows = collect(datetime.now(UTC))
    if json:
        print(as_json(rows, ok=not missing(rows)))
    elif typer.get_text_stream("stdout").isatty():
        _show(rows)
    else:
        print("\n".join(as_lines(rows)))
    if missing(rows):
        raise typer.Exit(2)


def as_json(rows: Sequence[Row], *, ok: bool) -> str:
    """The rows as one JSON object.

    Args:
        rows: What was looked for.
        ok: Whether nothing is missing.
    """
    from dataclasses import asdict
    from json import dumps

    return dumps({"ok": ok, "rows": [asdict(row) for row in rows]}, indent=2)


def as_lines(rows: Sequence[Row]) -> list[str]:
    """The rows as aligned plain lines, a blank line between groups.

    Args:
        rows: What was looked for, ordered by group.
    """
    width = max((len(row.name) for row in rows), default=0)
    lines: list[str] = []
    group = ""
    for row in rows:
        if row.group != group:
            lines += ([""] if lines else []) + [f"{row.group}:"]
            group = row.group
        lines.append(f"  {SIGNS[row.status]:<7} {row.name:<{width}}  {' | '.join(_details(row))}".rstrip())
    return lines


def _details(row: Row) -> list[str]:
    return [part for part in (row.version, row.source, row.purpose, row.remedy) if part]


def _show(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True)
    for line in as_lines(rows):
        text = Text(line)
        for status, sign in SIGNS.items():
            text.highlight_regex(rf"^  {sign}\b", COLORS[status])
        console.print(text)
