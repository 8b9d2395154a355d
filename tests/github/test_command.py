"""One command of ours as a job's step: a real one, in a job that is played by files and environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from infra.github import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.github.hub import Hub

KUBECONFIG = "{clusters: [{}], contexts: [{}], users: [{user: {exec: {command: aws}}}], current-context: x}"


class Step:
    """A step of a job."""

    def __init__(self, folder: Path, event: dict[str, object]) -> None:
        self.folder = folder
        (folder / "event.json").write_text(json.dumps(event))
        names = {"GITHUB_OUTPUT": "out", "GITHUB_STEP_SUMMARY": "page", "GITHUB_EVENT_PATH": "event.json"}
        self.env = os.environ | {name: str(folder / file) for name, file in names.items()}
        self.env |= {"REZ_CACHE": str(folder / "cache"), "HOME": str(folder), "NO_COLOR": "1"}

    def github(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        command_line = [str(command.REZ), "github", *args]
        return subprocess.run(
            command_line, env=self.env | env, text=True, capture_output=True, timeout=120, check=False, cwd=self.folder
        )

    @property
    def page(self) -> str:
        return (self.folder / "page").read_text(encoding="utf-8")

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "out").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", maxsplit=1) for line in lines)


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path, {"number": 7})


def test_a_command_is_shown_as_ever_and_told_on_the_page(step: Step) -> None:
    done = step.github("run", "--", "policies", "explain", "hpa-cpu-target")
    direct = subprocess.run([command.REZ, "policies", "explain", "hpa-cpu-target"], capture_output=True, text=True)  # noqa: PLW1510
    assert (done.returncode, done.stdout) == (0, direct.stdout)
    assert step.page.startswith("## ✅ `rez policies explain hpa-cpu-target`: done\n")
    assert step.outputs == {"code": "0"}


def test_a_commands_failure_is_the_steps_with_its_reason_on_the_page(step: Step) -> None:
    done = step.github("run", "--", "policies", "explain", "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: nope: no such rule")
    assert "refused, nothing was touched" in step.page
    assert "```text\nnope: no such rule" in step.page
    assert step.outputs == {"code": "2"}


def test_a_code_that_a_later_job_acts_on_is_no_failure(step: Step) -> None:
    done = step.github("run", "--accept", "2", "--accept", "7", "--", "policies", "explain", "nope")
    assert (done.returncode, step.outputs) == (0, {"code": "2"})
    assert step.page.startswith("## 🔎 `rez policies explain nope`: done, with findings\n")
    assert step.github("run", "--accept", "7", "--", "policies", "explain", "nope").returncode == 2


def test_another_job_gets_the_output_and_the_number(step: Step) -> None:
    step.github("run", "--artifact", "left/for/it", "--", "policies", "explain", "hpa-cpu-target")
    left = step.folder / "left" / "for" / "it"
    assert (left / "number").read_text() == "7\n"
    assert "averageUtilization: 70" in (left / "report.md").read_text()


def test_another_job_learns_why_there_is_no_output(step: Step) -> None:
    step.github("run", "--artifact", "left", "--", "policies", "explain", "nope")
    left = (step.folder / "left" / "report.md").read_text()
    assert "refused, nothing was touched" in left
    assert "nope: no such rule" in left


def test_no_text_from_elsewhere_commands_the_runner(step: Step) -> None:
    done = step.github("run", "--", "policies", "explain", "x\n::add-mask::production\n##[error]forged")
    assert "::add-mask::production" in done.stderr
    assert [line for line in done.stderr.splitlines() if line.lstrip().startswith("::") or "##[" in line] == []


def test_without_a_pull_request_there_is_no_number(tmp_path: Path) -> None:
    Step(tmp_path, {"schedule": "7 * * * *"}).github("run", "--artifact", "left", "--", "policies", "list")
    assert {file.name for file in (tmp_path / "left").iterdir()} == {"report.md"}


@pytest.mark.parametrize("args", [["run"], ["run", "--"], ["comment", "left"], ["issue", "Drift"]])
def test_what_cannot_be_meant_is_exit_2(step: Step, args: list[str]) -> None:
    done = step.github(*args)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_command_that_is_interrupted_ends_before_its_step(step: Step, tmp_path: Path) -> None:
    """The runner asks the step to end; the command below it must not live on."""
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    rez = tmp_path / "rez"
    rez.write_text(f"#!/bin/sh\ntrap 'touch {ended}; exit 130' TERM\ntouch {ready}\nwhile :; do sleep 0.05; done\n")
    rez.chmod(0o755)
    program = f"""
from pathlib import Path
import os
from infra import cli
from infra.github import command
command.REZ = Path({str(rez)!r})
import sys
sys.argv = ["rez", "github", "run", "--", "status"]
cli.main()
"""
    with subprocess.Popen([sys.executable, "-c", program], env=step.env, stderr=subprocess.PIPE) as process:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert ended.exists()
    assert b"Traceback" not in errors


def test_a_comment_is_written_from_what_was_left(step: Step, hub: Hub) -> None:
    sha = "a" * 40
    hub.pull(7, sha, "stranger/fork")
    sarif = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "rez preview"}}, "results": []}]}
    for name, text in (("number", "7"), ("report.md", "### Preview"), ("preview.sarif", json.dumps(sarif))):
        (step.folder / name).write_text(text)
    run = {"head_sha": sha, "head_repository": {"full_name": "stranger/fork"}, "html_url": "https://github.com/x"}
    (step.folder / "event.json").write_text(json.dumps({"workflow_run": run}))
    done = step.github("comment", ".", **hub.env())
    assert (done.returncode, done.stdout) == (0, "written to pull request 7\n"), done.stderr
    assert step.outputs == {"number": "7"}
    hub.pull(7, "b" * 40, "stranger/fork")
    done = step.github("comment", ".", **hub.env())
    assert (done.returncode, done.stdout[:34]) == (0, "nothing written: pull request 7: i")
    assert step.outputs == {"number": ""}


def test_a_preview_that_was_refused_takes_the_place_of_the_last_one(step: Step, hub: Hub) -> None:
    sha = "a" * 40
    hub.pull(7, sha, "stranger/fork")
    before = hub.comment(7, "<!-- rez: preview -->\n### passed")
    run = {"head_sha": sha, "head_repository": {"full_name": "stranger/fork"}, "html_url": "https://github.com/x"}
    step.github("run", "--artifact", "left", "--", "preview", "--base", "no-such-revision")
    (step.folder / "event.json").write_text(json.dumps({"workflow_run": run}))
    done = step.github("comment", "left", **hub.env())
    assert (done.returncode, done.stdout) == (0, "written to pull request 7\n"), done.stderr
    assert "no-such-revision" in before["body"]
    assert step.outputs == {"code": "2", "number": ""}


def test_an_issue_is_opened_and_closed(step: Step, hub: Hub) -> None:
    (step.folder / "report.md").write_text("memory differs")
    assert step.github("issue", "Drift", "report.md", **hub.env()).stdout == "opened issue 1\n"
    assert step.github("issue", "Drift", **hub.env()).stdout == "closed issue 1\n"
    done = step.github("issue", "Drift", "absent.md", **hub.env())
    assert (done.returncode, done.stderr[:17]) == (2, "error: absent.md:")


def test_a_kubeconfig_is_written_once(step: Step) -> None:
    assert step.github("kubeconfig", KUBECONFIG_TEXT=KUBECONFIG).returncode == 0
    assert (step.folder / ".kube" / "config").read_text() == KUBECONFIG
    assert step.github("kubeconfig", KUBECONFIG_TEXT=KUBECONFIG).returncode == 2
