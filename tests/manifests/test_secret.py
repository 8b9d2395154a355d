from __future__ import annotations

import hashlib
import json
from base64 import b64decode

from infra.manifests.secret import secrets

VALUES = {"JWT_SECRET": "canary-value", "SENTRY_DSN": "https://canary", "UNKNOWN": "x"}


def test_each_value_is_in_its_group_and_unknown_ones_are_left_out() -> None:
    database, services = secrets(VALUES, stack="local")
    assert {name: b64decode(value) for name, value in database["data"].items()} == {"JWT_SECRET": b"canary-value"}
    assert set(services["data"]) == {"SENTRY_DSN"}


def test_it_is_immutable() -> None:
    assert all(manifest["immutable"] for manifest in secrets(VALUES, stack="local"))


def test_a_changed_value_changes_the_name_of_its_secret_alone() -> None:
    before, after = (secrets(VALUES | {"JWT_SECRET": value}, stack="local") for value in ("old", "new"))
    assert before[0]["metadata"]["name"] != after[0]["metadata"]["name"]
    assert before[1]["metadata"]["name"] == after[1]["metadata"]["name"]


def test_equal_values_on_two_stacks_do_not_show_as_equal() -> None:
    local, production = (secrets(VALUES, stack=stack)[0]["metadata"]["name"] for stack in ("local", "production"))
    assert local != production


def test_nothing_but_the_data_holds_the_value_or_its_plain_hash() -> None:
    manifest = secrets(VALUES, stack="local")[0]
    rest = json.dumps({key: value for key, value in manifest.items() if key != "data"})
    assert "canary-value" not in rest
    for text in (b"canary-value", b'{"JWT_SECRET":"canary-value"}'):
        assert hashlib.sha256(text).hexdigest()[:10] not in rest
