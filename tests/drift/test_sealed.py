from __future__ import annotations

from base64 import b64encode

from infra.drift.fields import MISSING
from infra.drift.sealed import HIDDEN, filled, has_declared_data, shown
from infra.manifests import names
from policies.objects.values import UNKNOWN, Secret

UNREAD = Secret(UNKNOWN)


def test_live_values_stand_in_for_secret_ones() -> None:
    declared = {"data": {"A": UNREAD, "B": UNREAD}, "type": "Opaque"}
    assert filled(declared, {"data": {"A": "bGl2ZQ=="}, "type": "other"}) == {
        "data": {"A": "bGl2ZQ==", "B": ""},
        "type": "Opaque",
    }


def test_a_secret_item_of_a_list_is_found_where_the_lists_agree() -> None:
    declared = {"args": ["-a", UNREAD]}
    assert filled(declared, {"args": ["-x", "live"]}) == {"args": ["-a", "live"]}
    assert filled(declared, {"args": ["live"]}) == {"args": ["-a", ""]}
    assert filled(declared, {}) == {"args": ["-a", ""]}


def test_the_values_of_a_secret_are_hidden_and_its_labels_are_not() -> None:
    assert shown("Secret", ("f:data", "f:A"), "x") == HIDDEN
    assert shown("Secret", ("f:metadata", "f:labels", "f:a"), "x") == "x"
    assert shown("Secret", ("f:data", "f:A"), MISSING) is MISSING


def test_credentials_in_other_objects_are_hidden_wherever_they_stand() -> None:
    uri = "mongodb://admin:" + "hunter2secret@db/prod"
    variable = ("f:env", 'k:{"name":"DB_PASSWORD"}', "f:value")
    assert shown("Deployment", variable, "correct-horse-battery") == HIDDEN
    assert shown("Deployment", ("f:args", "i:1"), uri) == HIDDEN
    inside = {"containers": [{"name": "a", "args": [uri], "env": [{"name": "DB_PASSWORD", "value": "swordfish-9"}]}]}
    assert shown("Deployment", ("f:spec",), inside) == {
        "containers": [{"name": "a", "args": [HIDDEN], "env": [{"name": "DB_PASSWORD", "value": HIDDEN}]}]
    }


def test_variables_that_nobody_declared_are_hidden_whatever_they_look_like() -> None:
    variable = {"name": "MODE", "value": "fast"}
    assert shown("Deployment", ("f:env",), [variable]) == [variable]
    assert shown("Deployment", ("f:env",), [variable], by_hand=True) == [{"name": "MODE", "value": HIDDEN}]
    path = ("f:env", 'k:{"name":"MODE"}', "f:value")
    assert shown("Deployment", path, "fast", by_hand=True) == HIDDEN


def test_a_connection_string_is_known_by_whom_it_lets_in_where() -> None:
    values = {"MONGODB_URI": "org/project/merchant/rez/api-a:p@ss"}
    name = names.secret_name("db-secrets", values, stack="production")
    metadata = {"name": name, "annotations": {names.HOME: "org/project/merchant"}}

    def held(text: str) -> bool:
        data = {"MONGODB_URI": b64encode(text.encode()).decode()}
        return has_declared_data({"metadata": metadata, "data": data}, stack="production")

    assert held("mongodb://api-a:p%40ss@10.0.0.1:27017/rez?tls=false")
    assert not held("mongodb://api-a:guess@10.0.0.1:27017/rez")
    assert not held("mongodb://api-b:p%40ss@10.0.0.1:27017/rez")
    assert not held("mongodb://[nonsense")
    assert not has_declared_data({"metadata": metadata, "data": {}}, stack="production")
