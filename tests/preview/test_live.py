"""The checkout against what runs, with an engine that answers as told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import DriftFound, RezError, UnavailableError
from infra.local.paths import ROOT
from infra.preview import live
from infra.preview.report import Op
from tests.engine.conftest import pulumi  # noqa: F401 - a fixture
from tests.preview.plans import create, delete, manifest, plan

if TYPE_CHECKING:
    from pathlib import Path

    from infra.preview.report import Report
    from tests.engine.conftest import Fake

GOOD = plan(create(manifest("ServiceAccount", "a", automountServiceAccountToken=False)))
CLAIM = manifest("PersistentVolumeClaim", "a")


@pytest.fixture
def engine(pulumi: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:  # noqa: F811
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path / 'state'}")
    return pulumi


def preview(engine: Fake, told: dict[str, Any], *warnings: str, code: int = 0) -> Report:
    told = {**told, "diagnostics": [*told["diagnostics"], *({"severity": "warning", "message": w} for w in warnings)]}
    (engine.folder / "plan.json").write_text(json.dumps(told))
    engine.does(f"cat '{engine.folder}/plan.json'; exit {code}")
    return live.preview(ROOT, stack="production")


def test_the_engine_is_asked_for_data_past_protection_and_without_the_pack(engine: Fake) -> None:
    found = preview(engine, GOOD)
    assert [(each.op, each.kind) for each in found.changes] == [(Op.CREATE, "ServiceAccount")]
    assert found.passed
    assert any(
        call.startswith("preview --json --show-sames --ignore-protect --stack production") for call in engine.calls
    )
    assert "PULUMI_OPTION_POLICY_PACK" not in engine.environment


def test_the_plan_is_judged(engine: Fake) -> None:
    found = preview(engine, plan(delete(CLAIM, state={"protect": True})))
    assert {"engine-protect", "plan-stateful-loss"} <= {each.rule for each in found.findings if each.blocks}


@pytest.mark.parametrize(
    "warning",
    [
        "no cluster reachable (no kubeconfig): previewed against state alone",
        "configured Kubernetes cluster is unreachable: unable to load schema information",
    ],
)
def test_without_its_cluster_nobody_knows_what_would_change(engine: Fake, warning: str) -> None:
    with pytest.raises(UnavailableError, match=r"run the same command again"):
        preview(engine, GOOD, warning)


def test_a_field_that_somebody_else_holds_is_drift_with_the_way_back(engine: Fake) -> None:
    line = 'Preview failed: Deployment production/a: conflict: field manager "kubectl-edit" owns spec.replicas'
    with pytest.raises(DriftFound, match=r"kubectl-edit(.|\n)*`rez drift --fix`"):
        preview(engine, plan(errors=(line,)), code=1)


def test_what_the_program_refuses_is_in_the_report(engine: Fake) -> None:
    found = preview(engine, plan(errors=("refused: secrets.JWT_SECRET: no value; set it", "boom")), code=1)
    assert [each.message for each in found.refused] == ["secrets.JWT_SECRET: no value"]
    assert found.failures == ("boom",)


def test_settings_that_cannot_work_are_in_the_report_and_the_engine_is_not_asked(
    engine: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine.does("exit 1")
    text = (ROOT / "Pulumi.production.yaml").read_text()
    (tmp_path / "Pulumi.production.yaml").write_text(text.replace("max: 10}", "max: 77}"))
    found = live.preview(tmp_path, stack="production")
    assert [str(each.places[0]) for each in found.refused] != []
    assert found.refused[0].places[0].setting == "api.pods.max"
    assert found.refused[0].places[0].line > 0


def test_a_folder_in_the_stack_files_place_is_a_refused_setting(engine: Fake, tmp_path: Path) -> None:
    engine.does("exit 1")
    (tmp_path / "Pulumi.production.yaml").mkdir()
    (found,) = live.preview(tmp_path, stack="production").refused
    assert (found.message, found.remedy) == (
        "Pulumi.production.yaml: cannot be read: Is a directory",
        "repair the file",
    )


def test_an_engine_that_tells_no_plan_is_a_failure_with_its_words(engine: Fake) -> None:
    engine.does("echo 'error: something odd' >&2; exit 255")
    with pytest.raises(RezError, match="something odd"):
        live.preview(ROOT, stack="production")


def test_an_engine_that_is_too_old_is_told_with_the_remedy(engine: Fake) -> None:
    engine.does("echo 'error: unknown flag: --ignore-protect' >&2; exit 255")
    with pytest.raises(RezError, match=r"3\.256"):
        live.preview(ROOT, stack="production")
