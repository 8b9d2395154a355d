"""Field by field: what differs, how it is called, and what is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from infra.preview.fields import differences, leaves, text
from infra.preview.report import Field
from policies.objects.values import UNKNOWN, Secret

CONTAINERS = [{"name": "api", "image": "a"}, {"name": "proxy", "image": "b"}]


def shown(old: Any, new: Any, *reasons: str) -> list[tuple[str, str | None, str | None]]:
    return [(each.path, each.old, each.new) for each in differences(old, new, reasons=reasons)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": 2}, {"a": 3}, [("a", "1", "3"), ("b", "2", None)]),
        ({}, {"a": {"b": 1}}, [("a", None, "{b: 1}")]),
        ({"a": 1}, {"a": True}, [("a", "1", "true")]),
        ({"a": ""}, {"a": None}, [("a", '""', "not set")]),
        ({"m": {"x.y/z": 1}}, {"m": {"x.y/z": 2}}, [('m["x.y/z"]', "1", "2")]),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, [("l[1]", "2", "3"), ("l[2]", None, "4")]),
        (
            {"c": CONTAINERS},
            {"c": [CONTAINERS[1], {"name": "api", "image": "c"}]},
            [("c[api].image", "a", "c")],
        ),
        ({"c": CONTAINERS}, {"c": CONTAINERS[:1]}, [("c[proxy]", "{name: proxy, image: b}", None)]),
        ({"a": UNKNOWN}, {"a": 1}, [("a", "[unknown]", "1")]),
        ({"a": [1]}, {"a": {"b": 1}}, [("a", "[1]", "{b: 1}")]),
    ],
)
def test_each_field_that_differs_is_named_with_both_values(old: Any, new: Any, expected: list[Any]) -> None:
    assert shown(old, new) == expected


@pytest.mark.parametrize(
    "reason", ["spec.storageClassName", "spec", 'spec.storageClassName["x"]', "spec.storageClassName[0]"]
)
def test_a_field_that_forces_the_replacement_is_marked(reason: str) -> None:
    old, new = ({"spec": {"storageClassName": name, "size": name}, "other": name} for name in "ab")
    marked = [each.path for each in differences(old, new, reasons=[reason]) if each.replaces]
    assert "spec.storageClassName" in marked
    assert "other" not in marked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a", Secret("hunter2hunter2")),
        ("a", {"b": Secret("hunter2hunter2")}),
        ("DB_PASSWORD", "hunter2hunter2"),
        ("a", "mongodb://u:hunter2hunter2@db/rez"),
        ("a", ["mongodb://u:hunter2hunter2@db/rez"]),
    ],
)
def test_secrets_and_what_looks_like_one_are_not_shown(name: str, value: Any) -> None:
    assert "hunter2" not in text(name, value)
    assert "[secret]" in text(name, value)
    assert "hunter2" not in str([differences({}, {name: value}), leaves({name: value}, added=True)])


def test_a_variables_value_is_judged_by_the_variables_name() -> None:
    env = [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}, {"name": "LOG_LEVEL", "value": "debug"}]
    assert [(each.path, each.new) for each in leaves({"env": env}, added=True)] == [
        ("env[DB_PASSWORD].name", "DB_PASSWORD"),
        ("env[DB_PASSWORD].value", "[secret]"),
        ("env[LOG_LEVEL].name", "LOG_LEVEL"),
        ("env[LOG_LEVEL].value", "debug"),
    ]


def test_a_secret_that_changes_is_told_without_its_values() -> None:
    assert shown({"data": Secret("a")}, {"data": Secret("b")}) == [("data", "[secret]", "[secret]")]
    assert shown({"data": Secret("a")}, {"data": Secret("a")}) == []


def test_what_comes_or_goes_is_listed_leaf_by_leaf() -> None:
    body = {"a": {"b": [1, {"c": 2}]}, "d": {}}
    assert leaves(body, added=True) == (
        Field("a.b[0]", None, "1"),
        Field("a.b[1].c", None, "2"),
        Field("d", None, "{}"),
    )
    assert [each.new for each in leaves(body, added=False)] == [None] * 3


def test_long_values_are_cut() -> None:
    assert len(text("a", "word " * 100)) < 100
