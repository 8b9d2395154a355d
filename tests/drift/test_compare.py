from __future__ import annotations

import copy
from typing import Any

import pytest

from infra.drift import words
from infra.drift.compare import Seen, compare
from infra.drift.declared import Declared
from infra.drift.difference import Difference, Effect, What
from infra.drift.fields import MISSING
from infra.drift.sealed import HIDDEN
from infra.manifests import names
from policies.objects.values import UNKNOWN, Secret
from tests.drift.conftest import recorded

MEMORY = 'spec.template.spec.containers[name="api"].resources.limits.memory'


def found(behaviour: str, *, autoscaled: bool = True) -> list[Difference]:
    return compare(*recorded(behaviour), stack="local", autoscaled=autoscaled)


def the_one(behaviour: str) -> Difference:
    (only,) = found(behaviour)
    return only


def managers(difference: Difference) -> list[str]:
    return [owner.manager for owner in difference.owners]


@pytest.mark.parametrize(
    "behaviour",
    [
        "deployment/unchanged",
        "deployment/autoscaled",
        "deployment/scaled",
        "deployment/restarted",
        "namespace/unchanged",
    ],
)
def test_what_is_no_drift(behaviour: str) -> None:
    assert found(behaviour) == []


def test_memory_edited_by_hand_is_told_with_both_values_manager_time_and_effect() -> None:
    edited = the_one("deployment/edited")
    assert (edited.what, edited.field) == (What.CHANGED, MEMORY)
    assert (edited.declared, edited.live) == ("1Gi", "768Mi")
    assert managers(edited) == ["kubectl-edit"]
    assert edited.since == edited.owners[0].since != ""
    assert edited.effect is Effect.REFUSED
    assert words.effect(edited) == "is refused: the field is held by kubectl-edit"
    assert edited.fixable


def test_an_image_set_by_hand_is_drift() -> None:
    image = the_one("deployment/image-set")
    assert image.field == 'spec.template.spec.containers[name="api"].image'
    assert managers(image) == ["kubectl-set"]


def test_an_edit_undone_by_hand_leaves_the_field_with_its_editor() -> None:
    held = the_one("deployment/edited-and-back")
    assert (held.what, held.field, held.live) == (What.HELD, MEMORY, "1Gi")
    assert managers(held) == ["kubectl-edit"]
    assert not held.fixable


def test_a_field_that_was_removed_is_put_back_and_nobody_is_known_to_have_done_it() -> None:
    removed = the_one("deployment/removed-field")
    assert (removed.what, removed.field, removed.declared) == (What.REMOVED, "spec.minReadySeconds", 5)
    assert (removed.live, removed.owners, removed.effect) == (MISSING, (), Effect.RESTORES)


def test_a_variable_added_by_hand_is_left_by_an_update_and_its_value_is_not_shown() -> None:
    added = the_one("deployment/env-added")
    assert (added.what, added.effect) == (What.ADDED, Effect.LEAVES)
    assert added.field == 'spec.template.spec.containers[name="api"].env[name="DEBUG"]'
    assert added.live == {"name": "DEBUG", "value": HIDDEN}
    assert not added.fixable


def test_a_container_added_before_the_others_is_one_difference_and_moves_none() -> None:
    added = the_one("deployment/sidecar-first")
    assert added.field == 'spec.template.spec.containers[name="debug"]'
    assert "recorded-value-to-hide" not in str(added)


def test_what_is_added_under_the_engines_own_name_is_told_too() -> None:
    added = the_one("deployment/under-the-engines-name")
    assert (added.what, added.field, added.effect) == (What.ADDED, "spec.paused", Effect.LEAVES)
    assert managers(added) == ["rez-infra"]


def test_of_a_list_that_is_one_value_the_part_that_differs_is_told() -> None:
    opened = the_one("network_policy/opened")
    assert opened.field == "spec.egress[0].ports"
    assert opened.live == [{"protocol": "TCP", "port": 25}]
    assert managers(opened) == ["kubectl-patch"]


def test_an_autoscaler_changed_by_hand_is_drift() -> None:
    assert (the_one("hpa/patched").field, the_one("hpa/patched").live) == ("spec.minReplicas", 4)


def test_an_annotation_added_by_hand_is_told() -> None:
    added = the_one("service/annotated")
    assert (added.field, managers(added)) == ('metadata.annotations["example.com/internal"]', ["kubectl-annotate"])


def test_a_deleted_object_is_created_again() -> None:
    deleted = the_one("service/deleted")
    assert (deleted.what, deleted.effect, deleted.owners) == (What.DELETED, Effect.RECREATES, ())


def test_an_immutable_object_made_anew_by_hand_has_to_be_deleted_first() -> None:
    recreated = the_one("config_map/recreated")
    assert (recreated.effect, managers(recreated)) == (Effect.FIXED, ["kubectl-create"])
    assert "immutable" in recreated.why
    assert words.remedy(recreated).startswith("`kubectl delete configmap/merchant-backend-config-")


def with_replicas(number: int) -> tuple[Declared, Seen]:
    """`kubectl scale` leaves no trace of who did it, `kubectl edit` does."""
    declared, seen = recorded("deployment/scaled")
    live = copy.deepcopy(seen.live) or {}
    live["spec"]["replicas"] = number
    entry = {"manager": "kubectl-edit", "operation": "Update", "time": "T", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    live["metadata"]["managedFields"].append(entry)
    return declared, Seen(live, seen.applied)


def test_replicas_are_the_autoscalers_where_there_is_one() -> None:
    assert compare(*with_replicas(5), stack="local", autoscaled=True) == []
    (edited,) = compare(*with_replicas(5), stack="local", autoscaled=False)
    assert (edited.field, edited.live, managers(edited)) == ("spec.replicas", 5, ["kubectl-edit"])


def test_no_replicas_at_all_switch_the_autoscaler_off() -> None:
    (off,) = compare(*with_replicas(0), stack="local", autoscaled=True)
    assert (off.field, off.live) == ("spec.replicas", 0)
    assert words.remedy(off).startswith("`kubectl scale deployment.v1.apps/merchant-backend -n production --replicas=")


def test_an_object_that_is_being_deleted_is_told_with_the_time() -> None:
    declared, seen = recorded("deployment/unchanged")
    live = copy.deepcopy(seen.live) or {}
    live["metadata"]["deletionTimestamp"] = "2026-11-25T10:00:00Z"
    (going,) = compare(declared, Seen(live, seen.applied), stack="local", autoscaled=True)
    assert (going.what, going.since, going.fixable) == (What.TERMINATING, "2026-11-25T10:00:00Z", False)


def test_a_refusal_for_another_reason_asks_nobody_to_delete() -> None:
    declared, seen = recorded("deployment/unchanged")
    refused = Seen(seen.live, refusal="denied by a policy")
    (fails,) = compare(declared, refused, stack="local", autoscaled=True)
    assert fails.effect is Effect.FAILS
    assert "denied by a policy" in words.effect(fails)
    assert "delete" not in words.remedy(fails)


SECRET_VALUES = {"JWT_SECRET": "c4n4ry-do-not-print"}


def secret(**fields: Any) -> dict[str, Any]:
    name = names.secret_name("db-secrets", SECRET_VALUES, stack="local")
    owner = {"manager": "rez-infra", "operation": "Apply", "time": "T", "fieldsV1": {"f:data": {"f:JWT_SECRET": {}}}}
    metadata = {"name": name, "namespace": "production", "managedFields": [owner]}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "immutable": True, **fields}


def of_secret(data: dict[str, str], *, manager: str = "rez-infra", immutable: bool = True) -> list[Difference]:
    live = secret(data=data, immutable=immutable)
    live["metadata"]["managedFields"][0] |= {"manager": manager}
    declared = Declared("urn", secret(data={"JWT_SECRET": Secret(UNKNOWN)}))
    return compare(declared, Seen(live, secret(data=data)), stack="local")


def test_a_secret_with_the_values_that_it_is_named_for_is_no_drift() -> None:
    assert of_secret({"JWT_SECRET": "YzRuNHJ5LWRvLW5vdC1wcmludA=="}) == []


@pytest.mark.parametrize("value", ["b3RoZXI=", "not base64", "/w=="])
def test_a_secret_with_other_values_is_told_without_them(value: str) -> None:
    (other,) = of_secret({"JWT_SECRET": value}, manager="kubectl-create")
    assert (other.field, other.declared, other.live) == ("data", HIDDEN, HIDDEN)
    assert managers(other) == ["kubectl-create"]
    assert other.effect is Effect.FIXED
    assert not other.fixable
    assert value not in str(other)


def test_of_an_immutable_secret_with_other_values_nothing_else_is_told() -> None:
    live = secret(data={"JWT_SECRET": "b3RoZXI="}, type="Opaque")
    live["metadata"]["managedFields"][0]["fieldsV1"] = {"f:data": {"f:JWT_SECRET": {}}, "f:type": {}}
    applied = copy.deepcopy(live) | {"type": "another"}
    declared = Declared("urn", secret(data={"JWT_SECRET": Secret(UNKNOWN)}, type="another"))
    assert [each.field for each in compare(declared, Seen(live, applied), stack="local")] == ["data"]


def test_a_secret_that_can_be_changed_is_taken_back() -> None:
    (other,) = of_secret({"JWT_SECRET": "b3RoZXI="}, manager="kubectl-edit", immutable=False)
    assert other.effect is Effect.REFUSED


def test_what_looks_like_a_credential_is_not_shown() -> None:
    declared, seen = recorded("deployment/edited")
    live = copy.deepcopy(seen.live) or {}
    environment = live["spec"]["template"]["spec"]["containers"][0]["env"][0]
    environment["value"] = "--require=postgres://admin:" + "Tr0ub4dor-and-3@db/prod"
    shown = [each.live for each in compare(declared, Seen(live, seen.applied), stack="local", autoscaled=True)]
    assert shown == [HIDDEN, "768Mi"]
