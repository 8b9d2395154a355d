from __future__ import annotations

from typing import Any

from infra.drift import fields
from infra.drift.fields import MISSING

API = 'k:{"name":"api"}'
IMAGE = ("f:spec", "f:containers", API, "f:image")
OBJECT: dict[str, Any] = {
    "metadata": {"labels": {"example.com/a": "1"}, "finalizers": ["x", "y"]},
    "spec": {"containers": [{"name": "side", "image": "s"}, {"name": "api", "image": "a", "args": ["-v", "-q"]}]},
}


def test_fields_without_others_below_them_are_leaves() -> None:
    owned = {"f:spec": {"f:replicas": {}, "f:ports": {'k:{"port":1}': {".": {}, "f:port": {}}}, "f:empty": {".": {}}}}
    assert set(fields.leaves(owned)) == {
        ("f:spec", "f:replicas"),
        ("f:spec", "f:ports", 'k:{"port":1}', "f:port"),
        ("f:spec", "f:empty"),
    }
    assert list(fields.leaves({})) == []


def test_a_manager_has_a_field_what_is_below_it_and_the_parts_of_a_whole() -> None:
    owned = {"f:spec": {"f:egress": {}, "f:template": {"f:spec": {"f:dnsPolicy": {}}}}}
    assert fields.has(owned, ("f:spec", "f:egress"))
    assert fields.has(owned, ("f:spec", "f:egress", "i:0", "f:ports"))
    assert fields.has(owned, ("f:spec", "f:template"))
    assert not fields.has(owned, ("f:spec", "f:template", "f:metadata"))
    assert not fields.has(owned, ("f:metadata",))
    assert not fields.has({}, ("f:metadata",))


def test_fields_are_read_by_name_by_key_by_value_and_by_place() -> None:
    assert fields.read(OBJECT, IMAGE) == "a"
    assert fields.read(OBJECT, ("f:metadata", "f:finalizers", 'v:"y"')) == "y"
    assert fields.read(OBJECT, ("f:spec", "f:containers", API, "f:args", "i:1")) == "-q"
    assert fields.read(OBJECT, ("f:metadata", "f:labels", "f:example.com/a")) == "1"


def test_what_is_not_there_is_missing() -> None:
    for path in (
        ("f:status",),
        ("f:spec", "f:containers", 'k:{"name":"none"}', "f:image"),
        ("f:metadata", "f:finalizers", 'v:"z"'),
        ("f:metadata", "f:labels", API),
        (*IMAGE, "f:tag"),
    ):
        assert fields.read(OBJECT, path) is MISSING


def test_paths_are_written_as_the_api_servers_messages_do() -> None:
    assert fields.render(IMAGE) == 'spec.containers[name="api"].image'
    port = 'k:{"containerPort":3000,"protocol":"TCP"}'
    assert fields.render(("f:ports", port)) == 'ports[containerPort=3000,protocol="TCP"]'
    assert fields.render(("f:metadata", "f:labels", "f:example.com/a")) == 'metadata.labels["example.com/a"]'
    assert fields.render(("f:a", "i:2", 'v:"x"')) == 'a[2]["x"]'
    assert fields.render(()) == ""


def test_the_one_place_where_two_values_differ_is_found() -> None:
    was = [{"ports": [1, 2], "to": []}, {"ports": [3]}]
    assert fields.narrow(("f:egress",), was, [{"ports": [1, 9], "to": []}, {"ports": [3]}]) == (
        *("f:egress", "i:0", "f:ports", "i:1"),
    )
    assert fields.narrow(("f:egress",), was, [{"ports": [1], "to": []}, {"ports": [3]}]) == (
        "f:egress",
        "i:0",
        "f:ports",
    )
    assert fields.narrow(("f:egress",), was, [{"ports": [1, 2]}, {"ports": [3]}]) == ("f:egress", "i:0", "f:to")


def test_several_places_are_told_as_the_whole() -> None:
    assert fields.narrow(("f:args",), ["a", "b"], ["b", "a"]) == ("f:args",)
    assert fields.narrow(("f:args",), ["a", "b"], ["a"]) == ("f:args",)
    assert fields.narrow(("f:x",), "a", {"b": 1}) == ("f:x",)


def test_fields_are_left_out_of_a_copy() -> None:
    left = fields.without(OBJECT, frozenset({IMAGE, ("f:metadata", "f:finalizers", 'v:"x"'), ("f:nothing", "f:here")}))
    assert left == {
        "metadata": {"labels": {"example.com/a": "1"}, "finalizers": ["y"]},
        "spec": {"containers": [{"name": "side", "image": "s"}, {"name": "api", "args": ["-v", "-q"]}]},
    }
    assert fields.without([{"a": 1}, {"a": 2}], frozenset({("i:1", "f:a")})) == [{"a": 1}, {}]
    assert OBJECT["metadata"]["finalizers"] == ["x", "y"]
