"""What `rez pulumi …` refuses by the plan: on the real engine, with a state that holds data."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml

from infra.engine import Engine
from infra.errors import PolicyViolation, RezError
from infra.local.paths import ROOT
from tests.policies.record_plan import CASES, STACK, Recorder

pytestmark = pytest.mark.engine

CLUSTER = CASES["cluster-deleted"].state
PROTECTED = tuple(each.having(protect=True) for each in CLUSTER)
USER = CLUSTER[1]


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    made = Recorder(tmp_path_factory.mktemp("gate"))
    file = made.root / f"Pulumi.{STACK}.yaml"
    config = yaml.safe_load((ROOT / file.name).read_text())["config"]
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "config": config}))
    return made


@pytest.fixture
def engine(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Engine:
    for name in [each for each in os.environ if each.startswith("PULUMI_")]:
        monkeypatch.delenv(name)
    for name, value in recorder.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OBJECTS", "[]")
    monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK", str(ROOT / "policies"))
    return Engine(STACK, recorder.root)


@pytest.mark.parametrize(
    ("state", "command"),
    [(CLUSTER, "destroy --yes --skip-preview"), (PROTECTED, f"down -yf -s {STACK}"), (CLUSTER, "up --yes --strict")],
)
def test_what_costs_data_is_refused_with_nothing_touched(
    recorder: Recorder, engine: Engine, state: Any, command: str
) -> None:
    recorder.declare(state)
    before = recorder.resources()
    with pytest.raises(PolicyViolation, match="plan-stateful-loss: AdvancedCluster merchant: plan is to delete it"):
        engine.run(command.split(), on_line=str)
    assert recorder.resources() == before


def test_an_environment_that_confirms_does_so_after_the_judgement(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    for name in ("PULUMI_SKIP_CONFIRMATIONS", "PULUMI_OPTION_YES", "PULUMI_OPTION_SKIP_PREVIEW"):
        monkeypatch.setenv(name, "true")
    recorder.declare(CLUSTER)
    with pytest.raises(PolicyViolation, match="plan-stateful-loss"):
        engine.run(["destroy"], on_line=str)
    assert recorder.resources()
    recorder.declare([USER])
    engine.run(["destroy"], on_line=str)
    assert recorder.resources() == []


def test_a_refresh_that_would_forget_data_says_so(
    recorder: Recorder, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.declare([CLUSTER[0]])
    engine.run(["refresh", "--yes"], on_line=str)
    assert "plan-stateful-forgotten: AdvancedCluster merchant: plan is to forget it" in capsys.readouterr().err


def test_a_plan_that_cannot_be_made_is_told_in_the_engines_words(recorder: Recorder, engine: Engine) -> None:
    recorder.declare(CLUSTER)
    with pytest.raises(RezError, match="unknown flag: --no-such") as told:
        engine.run(["destroy", "--no-such"], on_line=str)
    assert not isinstance(told.value, PolicyViolation)
