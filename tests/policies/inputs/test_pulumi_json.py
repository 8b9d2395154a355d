"""Pulumi's two encodings read the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from policies.inputs import protobuf, pulumi_json
from policies.inputs.signatures import OUTPUT, SECRET, SIGNATURE, UNKNOWNS
from policies.objects.values import UNKNOWN, Secret

ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "ab", "path": "a.txt"}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")).filter(lambda text: text != pulumi_json.MASKED)
    | st.sampled_from(sorted(UNKNOWNS))
)
marks = st.sampled_from([SECRET, OUTPUT, ASSET[SIGNATURE], "unheard of"])


def within(inner: Any) -> Any:
    marked = st.fixed_dictionaries({SIGNATURE: marks}, optional={"value": inner, "secret": st.booleans()})
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3) | marked


encoded = st.dictionaries(st.text(max_size=8), st.recursive(scalars, within, max_leaves=12), max_size=4)


@given(encoded)
def test_both_encodings_of_the_same_properties_read_the_same(properties: dict[str, Any]) -> None:
    message = struct_pb2.Struct()
    message.update(properties)
    from_json = pulumi_json.decode(json.loads(json.dumps(properties)))
    assert from_json == protobuf.decode(message)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"plaintext": '"hi"'}, "hi"),
        ({"plaintext": '{"k":[1.0,"04da6b54-80e4-46f7-96ec-b56ff0331ba9"]}'}, {"k": [1, UNKNOWN]}),
        ({"plaintext": "not JSON"}, UNKNOWN),
        ({"plaintext": 7}, UNKNOWN),
        ({"ciphertext": "v1:AAAA:BBBB"}, UNKNOWN),
        ({"ciphertext": "[secret]"}, UNKNOWN),
        ({"value": "hi"}, "hi"),
        ({}, UNKNOWN),
    ],
)
def test_secret_is_marked_in_every_form(written: dict[str, Any], read: Any) -> None:
    assert pulumi_json.decode({"it": {SIGNATURE: SECRET, **written}}) == {"it": Secret(read)}


def test_what_a_preview_masks_is_a_secret_that_is_not_known() -> None:
    assert pulumi_json.decode({"data": "[secret]", "list": ["[secret]"]}) == {
        "data": Secret(UNKNOWN),
        "list": [Secret(UNKNOWN)],
    }


def test_asset_stays_as_it_is_written() -> None:
    assert pulumi_json.decode({"file": ASSET}) == {"file": ASSET}


def test_whole_numbers_are_ints() -> None:
    assert [type(value) for value in pulumi_json.decode({"a": 3.0, "b": 3, "c": 3.5, "d": True}).values()] == [
        int,
        int,
        float,
        bool,
    ]
