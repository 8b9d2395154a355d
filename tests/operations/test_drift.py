from __future__ import annotations

import copy

import pytest

from infra.drift.difference import Effect, What
from infra.errors import PolicyViolation, UnavailableError
from infra.operations import drift
from infra.rejection import ApiError
from tests.operations.drifting import play

MEMORY = 'spec.template.spec.containers[name="api"].resources.limits.memory'
FORBIDDEN = ApiError("may not", status=403)


def test_every_object_is_compared_by_a_forced_dry_run() -> None:
    stage = play("deployment/edited", "hpa/patched", "namespace/unchanged")
    report = drift.read(stage.scene)
    assert report.compared == 3
    assert [each.field for each in report.differences] == [MEMORY, "spec.minReplicas"]
    assert all(force and dry_run for _, force, dry_run in stage.cluster.applied)
    assert stage.engine.planned == stage.engine.ran == []


def test_a_deleted_object_needs_no_dry_run() -> None:
    stage = play("service/deleted")
    assert [each.what for each in drift.read(stage.scene).differences] == [What.DELETED]
    assert stage.cluster.applied == []


def test_replicas_are_the_autoscalers_by_the_stacks_own_word() -> None:
    assert drift.read(play("deployment/scaled", "hpa/patched").scene).differences[0].field == "spec.minReplicas"


def test_a_refusal_is_a_difference() -> None:
    (refused,) = drift.read(play("config_map/recreated").scene).differences
    assert refused.effect is Effect.FIXED


def test_orphans_and_what_is_kept_are_found_by_their_labels() -> None:
    stage = play("namespace/unchanged")
    stage.cluster.listed = [
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "production"}}
        for kind, name in (("Service", "stray"), ("ConfigMap", "merchant-backend-config-0123456789"))
    ]
    report = drift.read(stage.scene)
    assert [str(each.ref) for each in report.differences] == ["Service production/stray"]
    assert [ref.kind for ref in report.kept] == ["ConfigMap"]


def test_what_is_not_in_the_cluster_is_named() -> None:
    stage = play("namespace/unchanged")
    stage.engine.others = ["mongodbatlas:index/searchIndex:SearchIndex"]
    assert drift.read(stage.scene).others == {"mongodbatlas:index/searchIndex:SearchIndex": 1}


def test_where_we_may_look_but_not_try_the_state_tells_the_same() -> None:
    stage = play("deployment/edited", "hpa/patched", "namespace/unchanged")
    stage.cluster.errors = {f"apply {kind}": FORBIDDEN for kind in ("Deployment", "HorizontalPodAutoscaler")}
    report = drift.read(stage.scene)
    assert (report.compared, report.untried, report.unread) == (3, 2, ())
    assert [(each.field, each.live) for each in report.differences] == [(MEMORY, "768Mi"), ("spec.minReplicas", 4)]


def test_what_we_may_not_read_is_named_and_the_rest_is_compared() -> None:
    stage = play("deployment/edited", "hpa/patched")
    stage.cluster.errors["get Deployment"] = FORBIDDEN
    report = drift.read(stage.scene)
    assert report.compared == 1
    assert report.unread == ("Deployment production/merchant-backend: may not",)
    assert [each.field for each in report.differences] == ["spec.minReplicas"]


def test_a_kind_that_we_may_not_list_is_named_and_an_unknown_one_is_not() -> None:
    stage = play("namespace/unchanged")
    stage.cluster.errors = {"list Secret": FORBIDDEN, "list Ingress": ApiError("unknown", status=404)}
    assert drift.read(stage.scene).unread == ("undeclared objects of kind Secret: may not",)


def test_a_cluster_that_is_away_ends_the_comparison() -> None:
    stage = play("namespace/unchanged")
    stage.cluster.errors["get Namespace"] = UnavailableError("cluster unavailable")
    with pytest.raises(UnavailableError):
        drift.read(stage.scene)


def test_a_held_field_that_the_program_declares_as_it_is_is_no_difference() -> None:
    stage = play("deployment/edited-and-back")
    report = drift.read(stage.scene)
    assert report.differences == ()
    assert [each.field for each in report.held] == [MEMORY]
    assert len(stage.engine.planned) == 1


def test_a_field_that_a_refresh_wrote_into_the_state_is_a_difference_by_the_programs_word() -> None:
    stage = play("deployment/edited")
    (ref, seen), program = next(iter(stage.cluster.seen.items())), stage.engine.declared[0]
    refreshed = copy.deepcopy(program)
    refreshed["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = "768Mi"
    stage.engine.declared = [refreshed]
    answers = {"1Gi": seen.applied, "768Mi": seen.live}

    def apply(manifest: dict, **_: object) -> object:  # type: ignore[type-arg]
        wanted = manifest["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"]
        found = copy.deepcopy(answers[wanted])
        assert found
        assert seen.applied
        found["metadata"]["managedFields"] = seen.applied["metadata"]["managedFields"]
        return found

    stage.cluster.apply = apply  # type: ignore[method-assign, assignment]
    report = drift.read(stage.scene)
    (edited,) = report.differences
    assert (edited.field, edited.declared, edited.live) == (MEMORY, "1Gi", "768Mi")
    assert report.held == ()
    assert ref == edited.ref


def test_a_program_that_cannot_be_asked_is_said() -> None:
    stage = play("deployment/edited-and-back")
    stage.engine.refusal = PolicyViolation("no")
    report = drift.read(stage.scene)
    assert report.unread == ("the program's word on fields that others hold: no",)
    assert len(report.held) == 1
    stage.engine.refusal = UnavailableError("away")
    with pytest.raises(UnavailableError):
        drift.read(stage.scene)
