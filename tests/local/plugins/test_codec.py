"""Property values between the engine's messages and plain Python."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from infra.local.plugins.kubernetes.codec import UNKNOWN, Secret, decode, encode, known, mark, redact, reveal

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**50), 2**50),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.just(UNKNOWN),
    st.text(max_size=4).map(Secret),
)
KEYS = st.text("abc.-", min_size=1, max_size=4)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=12)


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=4), VALUES, max_size=4))
def test_what_is_written_is_read_back(properties: dict[str, object]) -> None:
    assert decode(encode(properties)) == properties


def test_whole_numbers_are_integers() -> None:
    struct = json_format.Parse('{"replicas": 3.0, "ratio": 0.5}', struct_pb2.Struct())
    found = decode(struct)
    assert found == {"replicas": 3, "ratio": 0.5}
    assert isinstance(found["replicas"], int)


def test_keys_of_other_providers_are_left_out() -> None:
    assert decode(encode({"__defaults": [], "a": 1})) == {"a": 1}


def test_what_is_unknown_inside_a_secret_is_unknown() -> None:
    assert not known({"a": [Secret({"b": UNKNOWN})]})
    assert known({"a": [Secret({"b": 1})]})


def test_secrets_are_marked_at_the_same_places() -> None:
    like = {"a": Secret("x"), "b": {"c": Secret(1), "d": 2}, "e": [1, Secret(2)]}
    plain = {"a": "y", "b": {"c": 3, "d": 4}, "e": [5, 6, 7], "f": 8}
    marked = mark(plain, like)
    assert marked == {"a": Secret("y"), "b": {"c": Secret(3), "d": 4}, "e": [5, Secret(6), 7], "f": 8}
    assert reveal(marked) == plain


@pytest.mark.parametrize("text", ["got aHVudGVyMg== here", "got hunter2 here"])
def test_a_message_is_redacted_of_secrets_encoded_or_not(text: str) -> None:
    assert redact(text, {"data": {"k": Secret("aHVudGVyMg==")}}) == "got [secret] here"
