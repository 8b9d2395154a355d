from __future__ import annotations

import re

import pytest

from infra.errors import RezError
from infra.github.outcome import summary
from infra.local.paths import ROOT


def kinds(base: type[RezError]) -> set[type[RezError]]:
    return {base}.union(*(kinds(sub) for sub in base.__subclasses__()))


def shown(code: int, output: str = "", errors: str = "", *, markdown: bool = False) -> str:
    return summary("rez deploy v2", code, output, errors, markdown=markdown)


@pytest.mark.parametrize("code", sorted({kind.exit_code for kind in kinds(RezError)} | {0, 130}))
def test_every_documented_exit_code_has_words_of_its_own(code: int) -> None:
    others = {shown(other) for other in (99, *range(code), *range(code + 1, 131))}
    assert shown(code) not in others
    assert f"exit code {code}" not in shown(code)
    assert re.search(rf"[ \n]{code}\s", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_an_unknown_end_names_its_code() -> None:
    assert "ended with exit code 99" in shown(99)


@pytest.mark.parametrize("code", [10, 13])
def test_a_bad_release_says_that_the_last_good_one_serves(code: int) -> None:
    assert "rolled back: the last good release serves" in shown(code)


def test_a_failed_way_back_asks_for_a_human() -> None:
    assert "**page a human**" in shown(11)
    assert "contacts.on_call" in shown(11)


@pytest.mark.parametrize("code", [2, 4, 14])
def test_a_refusal_says_that_nothing_was_touched(code: int) -> None:
    assert "nothing was touched" in shown(code)


def test_lines_are_shown_as_they_are_and_markdown_as_markdown() -> None:
    assert "```text\n| no table\n```" in shown(0, "| no table\n")
    assert "\n| a | b |\n" in shown(0, "| a | b |\n", markdown=True)


def test_what_went_wrong_is_shown() -> None:
    assert "```text\nlocked by ci@runner\n```" in shown(14, errors="locked by ci@runner")
