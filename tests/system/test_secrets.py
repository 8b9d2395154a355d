"""`rez secrets list` on real Secrets: their ages, and nothing of what is in them."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.support import System

pytestmark = pytest.mark.cluster


def test_ages_are_told_and_no_value(system: System) -> None:
    done = system.rez("secrets", "list", "--stack", "local", "--json")
    told = json.loads(done.stdout)
    found = {row["name"]: row for row in told["secrets"]}
    assert told["unread"] == []
    assert {found[name]["age_days"] for name in ("JWT_SECRET", "SENDGRID_API_KEY", "MONGODB_PASSWORD_A")} == {0}
    assert found["MONGODB_READER_PASSWORD"]["age_days"] is None
    live = json.loads(system.kubectl("-n", "production", "get", "secrets", "-o", "json"))["items"]
    values = {b64decode(value).decode() for each in live for value in each.get("data", {}).values()}
    assert len(values) >= len(found) / 2
    table = system.rez("secrets", "list", "--stack", "local")
    assert not [value for value in values if value in done.stdout + done.stderr + table.stdout + table.stderr]
