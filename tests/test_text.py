from __future__ import annotations

from infra.text import line


def test_any_message_is_one_line() -> None:
    assert line(ValueError("a\n  b\tc ")) == "a b c"


def test_a_long_message_is_shortened_unless_all_of_it_is_wanted() -> None:
    assert line("x" * 20, limit=10) == "x" * 9 + "…"
    assert line("x" * 1000, limit=None) == "x" * 1000
