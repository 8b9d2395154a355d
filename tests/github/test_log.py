from __future__ import annotations

import pytest

from infra.github.log import calm


@pytest.mark.parametrize(
    "command",
    [
        "::error file=README.md,line=1::forged\n",
        "  ::add-mask::production\n",
        "\t\u00a0\v::stop-commands::x\n",
        "::set-output name=code::0\n",
        "::groups::x\n",
    ],
)
def test_a_command_at_a_lines_beginning_is_quoted(command: str) -> None:
    assert calm(command) == f"> {command}"


def test_an_older_command_is_one_wherever_it_stands() -> None:
    assert calm("api-1: ##[add-mask]production ##[error]x\n") == "api-1: # #[add-mask]production # #[error]x\n"


@pytest.mark.parametrize("line", ["::group::Watch\n", "  ::endgroup::\n", "a::b\n", "\n", "", "## Plan\n", "fd00::1\n"])
def test_what_commands_nothing_stays_as_it_is(line: str) -> None:
    assert calm(line) == line
