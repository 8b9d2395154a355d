from __future__ import annotations

from typing import Any

from infra.drift.declared import Ref
from infra.drift.difference import Effect, What
from infra.drift.orphans import orphans, places
from infra.manifests import names

DEPLOYMENT = Ref("apps/v1", "Deployment", "production", "merchant-backend")


def live(kind: str, name: str, api_version: str = "v1", **metadata: Any) -> dict[str, Any]:
    entry = {"manager": "rez-infra", "operation": "Apply", "time": "T", "fieldsV1": {"f:metadata": {"f:labels": {}}}}
    base = {"name": name, "namespace": "production", "creationTimestamp": "2026-11-25T10:00:00Z"}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {**base, "managedFields": [entry], **metadata},
    }


def test_what_is_not_declared_is_an_orphan_with_its_maker_and_birth() -> None:
    ((orphan,), kept) = orphans([live("Service", "old")], {DEPLOYMENT})
    assert (str(orphan.ref), orphan.what, orphan.effect) == ("Service production/old", What.ORPHAN, Effect.LEAVES)
    assert (orphan.owners[0].manager, orphan.since) == ("rez-infra", "2026-11-25T10:00:00Z")
    assert not orphan.fixable
    assert kept == []


def test_what_is_declared_is_none() -> None:
    assert orphans([live("Deployment", "merchant-backend", "apps/v1")], {DEPLOYMENT}) == ([], [])


def test_what_another_object_owns_is_none() -> None:
    assert orphans([live("ConfigMap", "x", ownerReferences=[{"kind": "Job"}])], set()) == ([], [])


def test_configuration_of_other_releases_is_kept_on_purpose() -> None:
    config = names.content_name(names.CONFIG, {"a": "1"})
    found, kept = orphans([live("ConfigMap", config), live("Secret", "db-secrets-0123456789")], set())
    assert found == []
    assert [ref.kind for ref in kept] == ["ConfigMap", "Secret"]


def test_another_object_of_such_a_name_is_an_orphan() -> None:
    for other in (
        live("ConfigMap", "merchant-backend-config"),
        live("ConfigMap", "merchant-backend-config-by-hand00"),
        live("Secret", "other-secrets-0123456789"),
        live("Service", "db-secrets-0123456789"),
    ):
        assert len(orphans([other], set())[0]) == 1


def test_every_kind_of_the_program_is_looked_for_where_the_stack_has_objects() -> None:
    policy = Ref("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "", "p")
    where = places({DEPLOYMENT, policy, Ref("v1", "ConfigMap", "other", "c")}, "production")
    assert ("apps/v1", "Deployment", "production") in where
    assert ("policy/v1", "PodDisruptionBudget", "other") in where
    assert ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "") in where
    assert ("v1", "Secret", "production") in places(set(), "production")
