"""From steps to what becomes of each object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.preview.changes import changes_of, refused
from infra.preview.report import Change, Field, Op
from policies.inputs import preview as previews
from tests.preview.plans import FIXTURES, create, delete, manifest, plan, recorded, step

if TYPE_CHECKING:
    from policies.judging.step import PlanStep


def read(told: dict[str, Any]) -> list[PlanStep]:
    return list(previews.read(json.dumps(told), "plan").steps)


def changes(*steps: dict[str, Any]) -> list[Change]:
    return list(changes_of(read(plan(*steps)), {}))


def deployment(memory: str) -> dict[str, Any]:
    limits = {"limits": {"memory": memory}}
    pod = {"containers": [{"name": "api", "resources": limits}]}
    return manifest("Deployment", "merchant-backend", spec={"template": {"spec": pod}})


def test_a_changed_pod_template_is_shown_with_what_it_sets_in_motion() -> None:
    (change,) = changes(step("update", deployment("1Gi"), deployment("512Mi")))
    assert (change.op, str(change)) == (Op.CHANGE, "Deployment production/merchant-backend")
    path = "spec.template.spec.containers[api].resources.limits.memory"
    assert change.fields == (Field(path, "1Gi", "512Mi"),)
    assert "replaced, a few at a time" in change.cost


def test_what_stays_is_not_shown_and_an_option_that_changes_is() -> None:
    same = step("same", deployment("1Gi"), deployment("1Gi"), state={"protect": True})
    assert changes(same) == []
    same["newState"] = {**same["newState"], "protect": False, "retainOnDelete": True}
    (change,) = changes(same)
    assert change.fields == (
        Field("options.protect", "true", "false"),
        Field("options.retainOnDelete", "false", "true"),
    )


def test_an_update_of_which_nothing_can_be_seen_is_shown_all_the_same() -> None:
    (change,) = changes(step("update", deployment("1Gi"), deployment("1Gi")))
    assert (change.op, change.fields) == (Op.CHANGE, ())


def test_what_the_provider_alone_sees_is_shown_as_it_runs_and_as_it_is_declared() -> None:
    path = "spec.template.spec.containers[0].resources.limits.memory"
    drifted = step("update", deployment("1Gi"), deployment("1Gi"), detailedDiff={path: {"kind": "update"}})
    drifted["oldState"]["outputs"] = deployment("2Gi")
    assert changes(drifted)[0].fields == (Field(path, "2Gi", "1Gi"),)


def test_what_is_not_as_it_was_recorded_is_not_shown_as_its_own_change() -> None:
    path = "spec.template.spec.containers[0].resources.limits.memory"
    drifted = step("update", deployment("1Gi"), deployment("1Gi"), detailedDiff={path: {"kind": "update"}})
    drifted["oldState"]["outputs"] = deployment("1Gi")
    assert changes(drifted)[0].fields == (Field(path, "another value than recorded, see `rez drift`", "1Gi"),)


def test_a_hidden_value_that_changes_is_told_hidden() -> None:
    old = manifest("Secret", "db", data={"A": "[secret]"})
    (change,) = changes(step("update", old, old, detailedDiff={"data.A": {"kind": "update"}}))
    assert change.fields == (Field("data.A", None, "[secret]"),)


def test_content_of_a_secret_is_hidden_even_where_it_is_not_marked() -> None:
    told = changes(create(manifest("Secret", "db", data={"A": "cGxhaW4="}, stringData={"B": "plain"})))
    assert "plain" not in str(told)
    assert "cGxhaW4" not in str(told)


@pytest.mark.parametrize(
    ("kind", "lost"),
    [("PersistentVolumeClaim", "the files on its volume will be lost"), ("PodDisruptionBudget", "from then on")],
)
def test_a_deletion_says_what_is_lost(kind: str, lost: str) -> None:
    (change,) = changes(delete(manifest(kind, "a")))
    assert change.op is Op.DELETE
    assert lost in change.cost


def test_a_retained_object_is_forgotten_not_deleted() -> None:
    (change,) = changes(delete(manifest("PersistentVolumeClaim", "a"), state={"retainOnDelete": True}))
    assert change.op is Op.FORGET
    assert "will stay" in change.cost


def test_objects_named_by_their_content_are_one_renewed_object() -> None:
    old, new = (manifest("ConfigMap", f"config-{digest}", data={"A": digest[:1]}) for digest in ("aaaa11", "bbbb22"))
    told = changes(create(new), delete(old, state={"retainOnDelete": True}), delete(manifest("ConfigMap", "config-cc")))
    assert [each.op for each in told] == [Op.DELETE, Op.RENEW]
    assert (told[1].name, told[1].was) == ("production/config-bbbb22", "production/config-aaaa11")
    assert told[1].fields == (Field("data.A", "a", "b"),)


def test_worst_comes_first() -> None:
    told = changes(
        create(manifest("ConfigMap", "a")),
        step("update", deployment("1Gi"), deployment("2Gi")),
        delete(manifest("Service", "b")),
    )
    assert [each.op for each in told] == [Op.DELETE, Op.CHANGE, Op.CREATE]


def test_a_replacement_names_the_field_and_the_cost() -> None:
    (change,) = changes_of(read(recorded("cluster-renamed")), {})
    assert change.op is Op.REPLACE
    assert change.fields[-1:] == (Field("name", "merchant", "merchant2", replaces=True),)
    assert change.cost == "its databases will be lost"


@pytest.mark.parametrize(
    ("op", "was", "stays", "refuses"),
    [
        ("delete", True, None, True),
        ("delete", False, None, False),
        ("replace", True, True, True),
        ("replace", True, False, False),  # the policies say more to that
        ("replace", False, True, False),
        ("update", True, True, False),
        ("same", True, True, False),
    ],
)
def test_the_engine_refuses_what_is_and_stays_protected(op: str, *, was: bool, stays: bool, refuses: bool) -> None:
    claim = manifest("PersistentVolumeClaim", "a")
    told = step(op, claim, None if stays is None else claim)
    told["oldState"] = {**told["oldState"], "protect": was, "retainOnDelete": True}
    if stays is not None:
        told["newState"] = {**told["newState"], "protect": stays}
    (found,) = read(plan(told))
    assert refused(found) == refuses


def test_every_recorded_plan_can_be_shown() -> None:
    for file in FIXTURES.glob("*.json"):
        assert isinstance(changes_of(read(recorded(file.stem)), {}), tuple)
