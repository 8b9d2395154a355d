from __future__ import annotations

import pytest

from infra.components.kubernetes_object import type_token


@pytest.mark.parametrize(
    ("api_version", "kind", "token"),
    [
        ("v1", "Service", "kubernetes:core/v1:Service"),
        ("apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"),
        ("networking.k8s.io/v1", "NetworkPolicy", "kubernetes:networking.k8s.io/v1:NetworkPolicy"),
    ],
)
def test_a_kind_has_the_token_of_the_official_classes(api_version: str, kind: str, token: str) -> None:
    assert type_token(api_version, kind) == token
