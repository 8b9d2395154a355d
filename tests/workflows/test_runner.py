"""The runner of these tests, on small workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows import runner, workflow

if TYPE_CHECKING:
    from pathlib import Path

FIRST = """
on: {workflow_dispatch: }
env: {A: workflow, B: workflow, C: "${{ vars.C }}"}
jobs:
  first:
    env: {B: job}
    outputs: {said: "${{ steps.say.outputs.said }}"}
    steps:
      - {id: say, name: say, env: {D: "${{ inputs.d }}"}, run: 'echo "said=$A $B $C $D" >> "$GITHUB_OUTPUT"'}
      - {name: show, run: 'echo "# page" >> "$GITHUB_STEP_SUMMARY"; echo "$E"'}
      - {name: never, if: "steps.say.outputs.said == ''", run: exit 1}
      - {name: fails, run: false | true}
      - {name: skipped, run: exit 0}
      - {name: always, if: always(), run: exit 0}
  second:
    needs: first
    steps: [{name: hear, run: 'echo "${{ needs.first.outputs.said }}"'}]
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> runner.Run:
    monkeypatch.setattr(workflow, "FOLDER", tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", "of this machine")
    (tmp_path / "small.yml").write_text(FIRST)
    (tmp_path / "work").mkdir()
    return runner.Run(
        "small",
        tmp_path / "work",
        tmp_path / "run",
        event={"inputs": {"d": "$(id)"}},
        vars={"C": "variable"},
        instead={"A": "here"},
        env={"E": "runner"},
    )


def test_steps_run_in_order_until_one_fails(run: runner.Run) -> None:
    done = run.job("first")
    assert done.ran == ["say", "show", "fails", "always"]
    assert not done.ok


def test_environment_outputs_and_page_go_where_they_belong(run: runner.Run) -> None:
    done = run.job("first")
    assert done.outputs == {"said": "here job variable $(id)"}
    assert done.page == "# page\n"
    assert done.log == "runner\n"


def test_a_job_that_needs_a_failed_one_does_not_run(run: runner.Run) -> None:
    run.job("first")
    assert run.job("second").ran == []


def test_nothing_of_this_machine_is_passed_on(run: runner.Run) -> None:
    text = FIRST.replace('echo "$E"', 'echo "token=$GITHUB_TOKEN."')
    (workflow.FOLDER / "small.yml").write_text(text)
    run.__post_init__()
    assert run.job("first").log == "token=.\n"


def test_an_unknown_action_is_refused(run: runner.Run) -> None:
    (workflow.FOLDER / "small.yml").write_text("jobs: {a: {steps: [{uses: some/action@v1}]}}")
    run.__post_init__()
    with pytest.raises(AssertionError, match="some/action: nobody said"):
        run.job("a")
