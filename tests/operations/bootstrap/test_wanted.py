from __future__ import annotations

from typing import Any

import pytest

from infra.errors import PreconditionError
from infra.operations.bootstrap.wanted import refuse

GOOD: dict[str, Any] = {
    "stack": "production", "region": "eu-central-1", "repository": "rezapp/rez-infra", "bucket": None
}  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"repository": "rez-app@123/rez.infra_2@456"},
        {"region": "us-gov-west-1", "bucket": "our-state"},
        {"stack": "staging-2"},
    ],
)
def test_names_that_work_are_taken(other: dict[str, str]) -> None:
    refuse(**GOOD | other)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"repository": "rezapp"}, "--repository: 'rezapp' must be OWNER/NAME"),
        ({"repository": "rezapp/*"}, "--repository: 'rezapp/*' must be"),
        ({"repository": "rezapp/rez-infra:ref"}, "--repository"),
        ({"repository": "rezapp/rez-infra/x"}, "--repository"),
        ({"repository": "https://github.com/rezapp/rez-infra"}, "--repository"),
        ({"repository": "rezapp@1/rez-infra"}, "--repository: give both numbers or none"),
        ({"repository": ""}, "--repository"),
        ({"region": "Frankfurt"}, "--region: 'Frankfurt' must be written like eu-central-1"),
        ({"region": "eu-central-1a"}, "--region"),
        ({"stack": "local"}, "--stack: local keeps its state and dummy secrets on this machine"),
        ({"stack": "Production"}, "--stack: 'Production' must be"),
        ({"bucket": "Ours"}, "--bucket: 'Ours' must be"),
        ({"bucket": "with.dots"}, "--bucket"),
    ],
)
def test_names_that_cannot_work_are_refused_with_option_and_value(other: dict[str, str], said: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        refuse(**GOOD | other)
    assert str(caught.value).startswith(said)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(PreconditionError) as caught:
        refuse(stack="A", region="b", repository="c", bucket="D")
    assert len(str(caught.value).splitlines()) == 4
