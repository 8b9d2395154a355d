from __future__ import annotations

import pytest

from infra.supply.challenge import Challenge, parse

SCOPE = "repository:rezapp/merchant-backend:pull"


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (
            f'Bearer realm="https://auth.example/token",service="registry.example",scope="{SCOPE}"',
            Challenge("bearer", "https://auth.example/token", {"service": "registry.example", "scope": SCOPE}),
        ),
        (
            f'bearer scope="{SCOPE}", realm="https://a/t?x=1,2", error="invalid_token"',
            Challenge("bearer", "https://a/t?x=1,2", {"scope": SCOPE}),
        ),
        (
            'Bearer realm="https://a/t",scope="repository:a:pull,push"',
            Challenge("bearer", "https://a/t", {"scope": "repository:a:pull,push"}),
        ),
        ("Bearer realm=https://a/t,service=s", Challenge("bearer", "https://a/t", {"service": "s"})),
        ('Basic realm="registry"', Challenge("basic", "registry", {})),
        ('Basic realm="r", Bearer realm="https://a/t"', Challenge("bearer", "https://a/t", {})),
        ('Bearer service=""', Challenge("bearer", "", {})),
        ("Negotiate", None),
        ("", None),
    ],
)
def test_a_challenge_is_read_and_tokens_come_first(header: str, challenge: Challenge | None) -> None:
    assert parse(header) == challenge
