"""The line that indentation tells is the line that a YAML parser tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policies.objects import source
from policies.objects.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[1] / "fixtures"
KEYS = st.text(alphabet="abc./-", min_size=1, max_size=4) | st.sampled_from(["on", "yes", "1", "a b", "x: y", "- a"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab\n:-# '\"|{", max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=15,
)


def ways(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield before
    yield (*before, "missing", 7)
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from ways(child, (*before, step))


def agrees(text: str, way: tuple[Any, ...]) -> None:
    told = Lines(text).find(way)
    assert told in {None, source._parsed_line(text, way)}, (text, way)


@given(data=st.dictionaries(KEYS, DATA, min_size=1, max_size=3), indented=st.booleans())
def test_agrees_with_the_parser_on_block_style(data: dict[str, Any], *, indented: bool) -> None:
    class Dumper(yaml.SafeDumper):
        def increase_indent(self, *args: Any, **kwargs: Any) -> None:
            super().increase_indent(*args, **kwargs | ({"indentless": False} if indented else {}))

    text = yaml.dump(data, Dumper=Dumper, default_flow_style=False, sort_keys=False)
    for way in ways(data):
        agrees(f"# a comment\n{text}", way)


def test_plain_manifest_needs_no_parser() -> None:
    text = "\n# c\na:\n  - name: x\n    b: |\n      c: 1\n\n    # d\n    'e.f/g': 2\n  -\n    name: y\nz:\n- 1\n- 2\n"
    way: Any
    for way, line in [
        (("a", 0, "name"), 3),
        (("a", 0, "b"), 4),
        (("a", 0, "b", "c"), 4),
        (("a", 0, "e.f/g"), 8),
        (("a", 1, "name"), 10),
        (("z", 1), 13),
        (("z", 2), 11),
        (("nowhere",), 2),
    ]:
        assert Lines(text).find(way) == line
        agrees(text, way)


@pytest.mark.parametrize(
    ("text", "way", "line"), [("a: 1\nb: {}\n", ("b", "c"), 1), ("a:\n  - []\nb: {c: 1}\n", ("b",), 2)]
)
def test_the_line_of_what_is_empty_or_not_looked_into_needs_no_parser(
    text: str, way: tuple[Any, ...], line: int
) -> None:
    assert Lines(text).find(way) == line
    agrees(text, way)


def test_the_items_of_a_list_end_where_the_next_key_begins() -> None:
    agrees("a:\n- 1\nb:\n- 2\n", ("a", 1))
    agrees("a:\n- b: 1\n", ("- b",))


@pytest.mark.parametrize(
    "text", ["a: {b: 1}\n", "a: &x\n  b: 1\n", "a:\n  - {b: 1}\n", "? a\n: b: 1\n", "{a: {b: 1}}\n"]
)
def test_other_styles_are_left_to_the_parser(text: str) -> None:
    assert Lines(text).find(("a", 0, "b") if "-" in text else ("a", "b")) is None


@given(text=st.text(alphabet="ab:- \n\t{['\"#|&", max_size=40))
def test_any_text_gives_a_line_or_none(text: str) -> None:
    found = Lines(text).find(("a", 0, "b"))
    assert found is None or 0 <= found <= text.count("\n")
