from __future__ import annotations

import pytest

from infra.engine.commands import JUDGED, MUTATING, PLANNED, command_of, plan_of


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


@pytest.mark.parametrize(
    ("line", "plan"),
    [
        ("up", "preview"),
        ("--color never up --yes --skip-preview --target x", "--color never preview --target x"),
        ("--stack up update -yf --continue-on-error", "--stack up preview"),
        ("up --yes=true --strict --refresh", "preview --refresh"),
        ("destroy -ys production", "destroy -s production --preview-only"),
        ("dn -f -y", "dn --preview-only"),
        ("refresh --yes --preview-only", "refresh --preview-only --preview-only"),
    ],
)
def test_a_plan_is_that_of_the_command_and_confirms_nothing(line: str, plan: str) -> None:
    assert plan_of(line.split()) == plan.split()


def test_all_that_may_cost_data_is_planned() -> None:
    assert {"import"} == MUTATING - PLANNED
