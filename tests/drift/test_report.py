from __future__ import annotations

import json

from infra.drift import markdown, table
from infra.drift.compare import compare
from infra.drift.declared import Ref
from infra.drift.difference import Difference, What
from infra.drift.report import Report
from tests.drift.conftest import recorded

MEMORY = 'spec.template.spec.containers[name="api"].resources.limits.memory'


def differences(*behaviours: str) -> tuple[Difference, ...]:
    return tuple(
        each for behaviour in behaviours for each in compare(*recorded(behaviour), stack="local", autoscaled=True)
    )


def report(*behaviours: str, **more: object) -> Report:
    found = differences(*behaviours)
    held = tuple(each for each in found if each.what is What.HELD)
    return Report("local", 38, tuple(each for each in found if each not in held), held, **more)  # type: ignore[arg-type]


def test_a_person_reads_field_values_manager_time_effect_and_remedy() -> None:
    lines = table.render(report("deployment/edited")).splitlines()
    assert lines[:3] == [
        "Deployment production/merchant-backend",
        '  spec.template.spec.containers[name="api"].resources.limits.memory',
        "    declared 1Gi, live 768Mi",
    ]
    assert lines[3].startswith("    by kubectl-edit (Update), since 20")
    assert lines[4:] == [
        "    up --refresh is refused: the field is held by kubectl-edit",
        "    remedy: `rez drift --fix` takes it back",
        "stack local: 1 difference in 1 object; 38 objects compared",
    ]


def test_no_drift_is_one_line() -> None:
    assert table.render(report()) == "stack local: no drift; 38 objects compared"


def test_what_was_not_compared_is_said() -> None:
    kept = (Ref("v1", "ConfigMap", "production", "merchant-backend-config-0123456789"),)
    shown = table.render(
        report(kept=kept, others={"mongodbatlas:index/cluster:Cluster": 2}, unread=("Role x: no",), untried=2)
    )
    assert shown.splitlines()[:-1] == [
        "1 ConfigMap or Secret of other releases kept",
        "2 objects compared by the state alone: no right to try an apply of them",
        "not compared: mongodbatlas:index/cluster:Cluster, 2 of them: not in the cluster",
        "not compared: Role x: no",
    ]


def test_deleted_held_and_taken_back_are_each_a_line_of_their_own() -> None:
    shown = table.render(report("service/deleted", "deployment/edited-and-back", taken_back=differences("hpa/patched")))
    assert "taken back: HorizontalPodAutoscaler production/merchant-backend-hpa spec.minReplicas\n" in shown
    assert "  is declared, but gone from the cluster\n    by whom the API server does not tell\n" in shown
    assert f"held: Deployment production/merchant-backend: {MEMORY}: as declared, but held by kubectl-edit" in shown


def test_a_machine_reads_one_object() -> None:
    found = json.loads(json.dumps(report("deployment/edited", "service/deleted").as_json()))
    assert found["drift"] is True
    edited, deleted = found["differences"]
    assert (edited["declared"], edited["live"], edited["up"]) == ("1Gi", "768Mi", "refused")
    assert edited["by"][0]["manager"] == "kubectl-edit"
    assert (deleted["what"], deleted["field"], deleted["by"]) == ("deleted", "", [])
    assert "declared" not in deleted


def test_an_issue_is_a_table_with_a_row_for_each_difference() -> None:
    shown = markdown.render(report("deployment/edited", "service/deleted", "deployment/edited-and-back"))
    assert shown.startswith("### Drift: 2 differences in 2 objects; 38 objects compared\n\nStack `local`.\n")
    rows = [line for line in shown.splitlines() if line.startswith("| `")]
    assert len(rows) == 2
    assert all(row.count(" | ") == 7 for row in rows)
    assert '| `spec.template.spec.containers[name="api"].resources.limits.memory` | `1Gi` | `768Mi` |' in rows[0]
    assert "`rez drift --fix` takes it back |" in rows[0]
    assert f"- Deployment production/merchant-backend: `{MEMORY}`: as declared, but held by kubectl-edit" in shown


def test_live_values_are_no_markup_of_an_issue() -> None:
    edited = differences("deployment/edited")[0]
    nasty = Difference(edited.ref, What.CHANGED, edited.effect, path=edited.path, live="`a` | @team\n<b>")
    row = markdown.render(Report("local", 1, (nasty,))).splitlines()[-1]
    assert "` a  \\| @team <b>`" in row


def test_secret_values_are_in_no_form_of_the_report() -> None:
    found = report("deployment/env-added", "deployment/sidecar-first")
    assert found.differences
    for shown in (table.render(found), markdown.render(found), json.dumps(found.as_json())):
        assert "recorded-value-to-hide" not in shown
