from __future__ import annotations

from typing import Any

from infra.drift.disowned import disowned

API = 'k:{"name":"api"}'
IMAGE = ("f:spec", "f:containers", API, "f:image")


def managed(manager: str, operation: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def left(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    return disowned({"metadata": {"managedFields": list(entries)}}, [IMAGE])


def test_others_let_go_of_a_field_and_keep_what_is_beside_it() -> None:
    container = {".": {}, "f:image": {}, "f:args": {}}
    ours = managed("rez-infra", "Apply", {"f:spec": {"f:containers": {API: container}}})
    theirs = managed("kubectl-edit", "Update", {"f:spec": {"f:containers": {API: container}}})
    kept = managed("kubectl-edit", "Update", {"f:spec": {"f:containers": {API: {".": {}, "f:args": {}}}}})
    assert left(ours, theirs) == [ours, kept]


def test_the_engine_has_what_was_taken_from_it_by_a_change_by_hand() -> None:
    ours = managed("rez-infra", "Apply", {"f:spec": {"f:containers": {API: {".": {}, "f:args": {}}}}})
    theirs = managed("kubectl-edit", "Update", {"f:spec": {"f:containers": {API: {"f:image": {}}}}})
    whole = managed("rez-infra", "Apply", {"f:spec": {"f:containers": {API: {".": {}, "f:args": {}, "f:image": {}}}}})
    assert left(ours, theirs) == [whole]


def test_who_has_nothing_left_is_no_manager_any_more() -> None:
    theirs = managed("kubectl-edit", "Update", {"f:spec": {"f:containers": {API: {".": {}, "f:image": {}}}}})
    assert left(theirs) == []


def test_the_engines_name_with_another_operation_is_somebody_else() -> None:
    fields = {"f:spec": {"f:containers": {API: {"f:image": {}}}}}
    assert left(managed("rez-infra", "Update", fields)) == []


def test_the_status_and_what_others_alone_have_stay() -> None:
    status = managed("kube-controller-manager", "Update", {"f:status": {}}, subresource="status")
    alone = managed("me", "Update", {"f:metadata": {"f:labels": {"f:a": {}}}})
    assert left(status, alone) == [status, alone]
