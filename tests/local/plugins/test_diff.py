"""What would change, as property paths."""

from __future__ import annotations

from typing import Any

from infra.local.plugins.kubernetes import diff
from infra.local.plugins.kubernetes.codec import UNKNOWN
from infra.local.plugins.kubernetes.diff import Change, Kind


def inputs(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "n"}, "spec": spec}


def shown(changes: list[Change]) -> dict[str, str]:
    return {str(change): change.kind.value + ("-replace" if change.replace else "") for change in changes}


def test_paths_are_written_as_the_engine_reads_them() -> None:
    assert diff.render(("spec", "containers", 0, "env")) == "spec.containers[0].env"
    assert diff.render(("metadata", "labels", "example.com/name")) == 'metadata.labels["example.com/name"]'


def test_added_removed_and_changed_inputs_are_told_apart() -> None:
    changes = diff.of_inputs(inputs(a=1, b=[1, 2]), inputs(b=[1, 3], c=4))
    assert shown(changes) == {"spec.a": "delete", "spec.b[1]": "update", "spec.c": "add"}


def test_another_identity_replaces() -> None:
    new = inputs()
    new["metadata"] = {"name": "e", "namespace": "n"}
    assert shown(diff.of_inputs(inputs(), new)) == {"metadata.name": "update-replace"}
    assert not diff.same_name(inputs(), new)


def test_what_is_unknown_counts_as_changed() -> None:
    assert shown(diff.of_inputs(inputs(a=1), inputs(a=UNKNOWN))) == {"spec.a": "update"}


def test_live_differences_count_in_declared_fields_alone() -> None:
    live = {**inputs(replicas=5, containers=[{"name": "a", "image": "old"}]), "status": {"replicas": 5}}
    applied = {**inputs(replicas=3, containers=[{"name": "a", "image": "new"}]), "status": {"replicas": 3}}
    declared = inputs(containers=[{"name": "a", "image": "new"}])
    assert shown(diff.of_live(live, applied, declared)) == {"spec.containers[0].image": "update"}


def test_what_the_server_writes_by_itself_is_no_change() -> None:
    live = inputs()
    applied = {
        **inputs(),
        "metadata": {**inputs()["metadata"], "generation": 4, "resourceVersion": "9", "managedFields": []},
    }
    assert not diff.of_live(live, applied, {**inputs(), "metadata": {"generation": 1}})


def test_fields_that_cannot_change_are_recognized() -> None:
    causes = [
        {"field": "spec.selector", "message": "Invalid value: {}: field is immutable", "reason": ""},
        {"field": "roleRef", "message": "Invalid value: {}: cannot change roleRef", "reason": ""},
        {
            "field": "spec",
            "message": "Forbidden: updates to statefulset spec for fields other than 'replicas'",
            "reason": "",
        },
        {"field": "spec", "message": "Forbidden: spec is immutable after creation except resources", "reason": ""},
        {"field": "spec.x", "message": "Required value", "reason": ""},
    ]
    assert diff.immutable(causes) == ["spec.selector", "roleRef", "spec", "spec"]


def test_the_change_of_a_fixed_field_replaces() -> None:
    changes = [Change(("spec", "selector", "a"), Kind.UPDATE), Change(("spec", "b"), Kind.ADD)]
    assert shown(diff.replacing(changes, ["spec.selector"])) == {"spec.selector.a": "update-replace", "spec.b": "add"}


def test_a_fixed_field_that_the_inputs_do_not_show_replaces_as_well() -> None:
    assert shown(diff.replacing([], ["spec.selector"])) == {"spec.selector": "update-replace"}


def test_each_path_is_named_once() -> None:
    first, second = Change(("a",), Kind.ADD), Change(("a",), Kind.UPDATE)
    assert diff.merged([first], [second]) == [first]
