from __future__ import annotations

import pytest

from infra.engine.commands import JUDGED, MUTATING, command_of


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("up --yes", "up"),
        ("--non-interactive up", "up"),
        ("--color never preview", "preview"),
        ("--color=never preview", "preview"),
        ("--stack local destroy", "destroy"),
        ("-s local refresh", "refresh"),
        ("-C /tmp up", "up"),
        ("-v=9 up", "up"),
        ("-v9 up", "up"),
        ("-e -Q --logtostderr -v 9 up", "up"),
        ("stack import --file up", "stack"),
        ("--version", ""),
        ("--stack", ""),
        ("", ""),
    ],
)
def test_the_command_is_read_as_the_engine_reads_it(line: str, command: str) -> None:
    assert command_of(line.split()) == command


def test_an_alias_counts_as_its_command() -> None:
    assert {"up", "update", "destroy", "down", "dn", "refresh", "import"} == MUTATING
    assert {"preview", "pre"} == JUDGED - MUTATING
