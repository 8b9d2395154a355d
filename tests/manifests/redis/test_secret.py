from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime

from infra.authority import expires, issue
from infra.manifests.redis import names
from infra.manifests.redis.secret import acl, secret, url

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = {name: f"canary-{name}" for name in ("REDIS_PASSWORD", "REDIS_PEER_PASSWORD", "REDIS_CERTIFICATE", "REDIS_CA")}


def test_the_access_list_has_no_password_and_nobody_without_one() -> None:
    text = acl("canary-a", "canary-b")
    assert "canary" not in text
    assert text.startswith("user default off\n")
    assert "nopass" not in text


def test_the_api_may_neither_administrate_nor_destroy() -> None:
    (line,) = [line for line in acl("a", "b").splitlines() if line.startswith("user api ")]
    assert line.endswith("+@all -@admin -@dangerous")


def test_another_password_is_another_object() -> None:
    one, other = (secret(VALUES | {"REDIS_PASSWORD": each}, stack="production") for each in ("a", "b"))
    assert one["metadata"]["name"] != other["metadata"]["name"]
    assert one["immutable"]
    assert b64decode(one["data"]["peer-password"]).decode() == "canary-REDIS_PEER_PASSWORD"


def test_a_password_of_any_characters_fits_the_address() -> None:
    assert url("a/b@c") == "rediss://api:a%2Fb%40c@redis.production.svc:6379"


def test_a_certificate_tells_when_it_ends_and_a_dummy_does_not() -> None:
    made = issue("redis", names.hosts(), now=NOW, days=10)
    assert expires(made.certificate) == datetime(2026, 1, 11, tzinfo=UTC)
    assert expires(made.authority) == datetime(2026, 1, 11, tzinfo=UTC)
    assert "PRIVATE KEY" in made.certificate
    assert "PRIVATE KEY" not in made.authority
    assert expires("dummy") is None
