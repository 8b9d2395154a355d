"""What people change by hand: named, refused by an update, taken back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.system.support import System

pytestmark = pytest.mark.cluster

_LOCAL = ("--stack", "local")
_IN = ("-n", "production")
LABELS = ("name=merchant-backend", "part-of=rez", "managed-by=pulumi")
MEMORY = 'spec.template.spec.containers[name="api"].resources.limits.memory'


def drift(system: System, *args: str) -> tuple[int, dict[str, Any]]:
    done = system.rez("drift", *_LOCAL, "--json", *args, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_what_runs_as_declared_is_no_drift(system: System) -> None:
    system.kubectl("scale", *_IN, "deployment/merchant-backend", "--replicas=4")
    code, found = drift(system)
    assert (code, found["differences"]) == (0, [])
    assert found["held"] == []
    assert found["compared"] > 20
    assert found["not_compared"] == {"types": {}, "unread": []}


def test_what_was_changed_by_hand_is_named_and_taken_back(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    monkeypatch.setenv("KUBE_EDITOR", "sed -i 's/memory: 1Gi/memory: 768Mi/'")
    system.kubectl("edit", *_IN, "deployment/merchant-backend")
    system.kubectl("delete", *_IN, "service/merchant-backend-service")
    stray = ("configmap/stray", *_IN)
    system.kubectl("create", *_IN, "configmap", "stray")
    system.kubectl("label", *stray, *(f"app.kubernetes.io/{label}" for label in LABELS))

    code, found = drift(system)
    assert code == 7
    told = {(each["what"], each["object"]): each for each in found["differences"]}
    assert len(told) == len(found["differences"]) == 3
    edited = told["changed", "Deployment production/merchant-backend"]
    assert (edited["field"], edited["declared"], edited["live"]) == (MEMORY, "1Gi", "768Mi")
    assert (edited["by"][0]["manager"], edited["up"]) == ("kubectl-edit", "refused")
    assert began <= datetime.fromisoformat(edited["since"]) <= datetime.now(UTC)
    assert told["deleted", "Service production/merchant-backend-service"]["up"] == "recreates"
    assert told["orphan", "ConfigMap production/stray"]["up"] == "leaves"

    _refused_by_an_update(system)
    code, found = drift(system, "--fix")
    assert code == 7  # the engine knows nothing of what it never made
    assert [each["object"] for each in found["differences"]] == ["ConfigMap production/stray"]
    assert "Deployment production/merchant-backend" in {each["object"] for each in found["taken_back"]}
    system.kubectl("delete", *stray)
    assert drift(system)[0] == 0
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")
    system.answers()


def _refused_by_an_update(system: System) -> None:
    """It also writes what was changed into the state, which hides it from nobody."""
    refused = system.rez("pulumi", "up", *_LOCAL, "--yes", "--skip-preview", "--refresh", check=False)
    assert refused.returncode == 7
    assert 'field manager "kubectl-edit" owns' in refused.stderr
    assert "rez drift --fix" in refused.stderr
    code, found = drift(system)
    assert code == 7
    (edited,) = [each for each in found["differences"] if each["field"] == MEMORY]
    assert (edited["declared"], edited["live"], edited["by"][0]["manager"]) == ("1Gi", "768Mi", "kubectl-edit")


def test_a_field_that_was_changed_and_put_back_by_hand_can_be_changed_by_rez_again(system: System) -> None:
    for most in (9, 10):
        patch = json.dumps({"spec": {"maxReplicas": most}})
        system.kubectl("patch", *_IN, "hpa/merchant-backend-hpa", "--field-manager=by-hand", "-p", patch)
    code, found = drift(system)
    assert (code, [(each["field"], each["by"][0]["manager"]) for each in found["held"]]) == (
        0,
        [("spec.maxReplicas", "by-hand")],
    )
    pin = ("scale", "pin", "5", "--reason", "a test", *_LOCAL)
    refused = system.rez(*pin, check=False)
    assert refused.returncode == 7
    assert "rez drift --fix" in refused.stderr
    code, found = drift(system, "--fix")
    assert (code, found["held"], [each["field"] for each in found["taken_back"]]) == (0, [], ["spec.maxReplicas"])
    system.rez(*pin)
    system.rez("scale", "resume", "--reason", "a test", *_LOCAL)
