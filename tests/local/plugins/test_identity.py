"""Which object a resource is."""

from __future__ import annotations

import pytest

from infra.local.plugins.kubernetes import identity
from infra.local.plugins.kubernetes.identity import Ref

URN = "urn:pulumi:production::rez-infra::rez:api:Api$kubernetes:apps/v1:Deployment::api"


def test_type_and_stack_are_read_from_the_urn() -> None:
    assert identity.token_of(URN, "") == "kubernetes:apps/v1:Deployment"
    assert identity.stack_of(URN) == "production"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("kubernetes:core/v1:Service", ("v1", "Service")),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", ("rbac.authorization.k8s.io/v1", "Role")),
    ],
)
def test_kinds(token: str, expected: tuple[str, str]) -> None:
    assert identity.kind_of(token) == expected


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("v1", "Namespace", False),
        ("v1", "Service", True),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", False),
        ("rbac.authorization.k8s.io/v1", "Role", True),
        ("storage.k8s.io/v1", "StorageClass", False),
        ("example.com/v1", "Gadget", None),
    ],
)
def test_where_kinds_live(api_version: str, kind: str, expected: bool | None) -> None:  # noqa: FBT001 - a table
    assert identity.namespaced(api_version, kind) is expected


def test_an_id_names_the_object() -> None:
    ref = Ref("v1", "Service", "s", "n")
    assert (ref.id, str(ref)) == ("n/s", "Service n/s")
    assert identity.ref_from_id("kubernetes:core/v1:Service", ref.id) == ref
    assert identity.ref_from_id("kubernetes:core/v1:Namespace", "n") == Ref("v1", "Namespace", "n", None)
