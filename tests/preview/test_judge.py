"""The judge is a program of its own: the base's `rez check`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from infra.errors import PreconditionError
from infra.preview import judge
from infra.preview.sandbox import Done
from policies.judging.exemptions import KEY
from tests.preview.plans import recorded

if TYPE_CHECKING:
    from pathlib import Path


def python(*args: str) -> Done:
    done = subprocess.run([sys.executable, "-P", *args], capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_plan_gate_is_asked(tmp_path: Path) -> None:
    found = judge.judge(python, recorded("cluster-renamed"), stack="production", file=tmp_path / "plan.json")
    assert {"plan-rename", "plan-protect-dropped"} <= {each["rule"] for each in found["findings"]}
    assert found["blocked"] is True


def test_a_plan_that_is_not_whole_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    told = recorded("cluster-renamed") | {"diagnostics": [{"severity": "error", "message": "boom"}]}
    found = judge.judge(python, told, stack="production", file=tmp_path / "plan.json")
    assert "plan-rename" in {each["rule"] for each in found["findings"]}
    assert found["problems"]


@pytest.mark.parametrize(("code", "said"), [(2, "error: no such option"), (1, "Traceback"), (-9, "")])
def test_a_base_that_cannot_judge_is_refused(tmp_path: Path, code: int, said: str) -> None:
    def broken(*args: str) -> Any:
        return Done(code, "", said)

    with pytest.raises(PreconditionError, match=said or "exit code"):
        judge.judge(broken, recorded("claim-deleted"), stack="production", file=tmp_path / "plan.json")


def test_the_judges_stack_file_holds_exemptions_alone() -> None:
    entries = [{"rule": "a", "expires": "2026-12-31"}]
    assert yaml.safe_load(judge.stack_file(entries)) == {"config": {KEY: entries}}
