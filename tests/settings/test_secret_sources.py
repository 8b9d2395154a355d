from __future__ import annotations

from typing import Any

import pytest

from infra.errors import SettingsError
from infra.settings import parse

AWS = {"region": "eu-central-1", "prefix": "rez/production/"}


def test_secrets_are_in_the_stack_file_unless_it_says_otherwise(config: dict[str, Any]) -> None:
    assert parse(config, stack="production").secret_sources.aws is None
    source = parse(config | {"secret_sources": {"aws": AWS}}, stack="production").secret_sources.aws
    assert source is not None
    assert (source.region, source.prefix) == ("eu-central-1", "rez/production/")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"region": "Frankfurt"}, "secret_sources.aws.region: 'Frankfurt' must be written like eu-central-1"),
        ({"prefix": "rez"}, "secret_sources.aws.prefix: 'rez' must be written like rez/production/"),
        ({"prefix": "*/"}, "secret_sources.aws.prefix: '*/' must be written like rez/production/"),
        ({"regoin": "x"}, "secret_sources.aws.regoin: unknown key; did you mean region?"),
    ],
)
def test_a_wrong_source_is_said(config: dict[str, Any], source: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(config | {"secret_sources": {"aws": AWS | source}}, stack="production")
    (line,) = caught.value.problems
    assert line.startswith(said)


def test_stack_local_needs_no_account(config: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"secret_sources\.aws: stack local has dummy secrets of its own"):
        parse(config | {"secret_sources": {"aws": AWS}}, stack="local")
