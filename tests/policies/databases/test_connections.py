"""Which connection strings go over the network in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.databases.connections import plain_connection


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("redis://redis:6379", "redis://"),
        ("redis://:pw@redis:6379/0", "redis://"),
        ("redis://$(REDIS_HOST):6379", "redis://"),
        ("--url=redis://redis", "redis://"),
        ("REDIS://REDIS", "redis://"),
        ("redis://127.0.0.1.example.net", "redis://"),
        ("redis://localhost@redis", "redis://"),
        ("mongodb://db", "mongodb://"),
        ("mongodb://db/rez?tls=false", "mongodb://"),
        ("mongodb://db/rez?ssl=true&tls=false", "mongodb://"),
        ("mongodb://db/rez?tlsInsecure=true", "mongodb://"),
        ("mongodb://localhost,db/rez", "mongodb://"),
        ("mongodb+srv://rez.mongodb.net/?ssl=false", "mongodb+srv://"),
        ("a: rediss://redis\nb: redis://redis\n", "redis://"),
    ],
)
def test_plain_connection_is_told_by_its_scheme(text: str, scheme: str) -> None:
    assert plain_connection(text) == scheme


@pytest.mark.parametrize(
    "text",
    [
        "",
        "redis:6379",
        "rediss://redis:6379",
        "redis://localhost:6379/0",
        "redis://:pw@127.0.0.1:6379",
        "redis://[::1]:6379",
        "mongodb://127.0.0.1:27017,localhost:27018/rez?replicaSet=rs0",
        "mongodb://db/rez?replicaSet=rs0&tls=true",
        "mongodb://db/rez?SSL=True",
        "mongodb://db/rez?tls=true;retryWrites=true",
        "mongodb://db/rez?$(OPTIONS)",
        "mongodb+srv://rez.mongodb.net/rez",
        "mongodb+srv://rez.mongodb.net/rez?tls=true",
        "amqp://broker",
        "http://example.net/redis://",
        "unredis://redis",
    ],
)
def test_other_texts_pass(text: str) -> None:
    assert plain_connection(text) == ""


@given(st.text() | st.from_regex(r"(redis|mongodb)://[a-z@:/?&=,.\[\]]{0,40}"))
def test_never_fails_and_names_the_scheme_alone(text: str) -> None:
    assert plain_connection(text) in {"", "redis://", "mongodb://", "mongodb+srv://"}
