"""Runs a workflow's jobs on this machine: their scripts as they are written, in order, with the runner's files.

It is no clone of GitHub Actions. Expressions are those that our workflows use, and an action is played by the little
that it provides here; an unknown one is refused.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.toolchain import TOOLS
from tests.workflows.expressions import filled, holds
from tests.workflows.workflow import load

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_S = 1800
_HIDDEN = ("AWS_", "GITHUB_", "MONGODB_ATLAS_", "PULUMI_", "KUBECONFIG", "CI", "REZ_RELEASE", "REZ_OVERRIDES")
"""Names, or what they begin with, that no job of ours may find here by chance."""


@dataclass
class Result:
    """How a job ended.

    Attributes:
        ok: Whether every step that ran was good.
        page: What its steps wrote on the run's page.
        log: What they printed.
        outputs: Those of the job.
        ran: The names of the steps that ran, and of the actions that were played.
    """

    ok: bool = True
    page: str = ""
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


@dataclass
class Run:
    """One run of a workflow.

    Attributes:
        workflow: Its name.
        workspace: A checkout of the project, with an environment of its own.
        folder: Where the runner keeps its files; also the jobs' home.
        event: What started it, as in the event's file.
        vars: Variables of the repository.
        secrets: Secrets of the job's environment.
        instead: Environment that is another one on this machine than the workflows say.
        artifacts: Where uploaded artifacts are.
        env: More of the runner's environment, such as the address of GitHub's API.
        token: The job's token; a step has it only if the workflow says so.
    """

    workflow: str
    workspace: Path
    folder: Path
    event: dict[str, Any] = field(default_factory=dict)
    vars: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)
    artifacts: Path | None = None
    env: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file = load(self.workflow)
        self._done: dict[str, Result] = {}
        self.uploads: list[dict[str, str]] = []
        (self.folder / "event.json").write_text(json.dumps(self.event))
        self.env |= {"GITHUB_SHA": self._head()}

    def _head(self) -> str:
        """What is checked out: for a pull request its merge with the base; nothing outside of a repository."""
        command = ["git", "rev-parse", "--verify", "--quiet", "HEAD"]
        return subprocess.run(command, cwd=self.workspace, capture_output=True, text=True, check=False).stdout.strip()

    def job(self, name: str) -> Result:
        """Run one job; those it needs must have run."""
        return _Job(self, self._file, name, self._done).run()


class _Job:
    def __init__(self, run: Run, file: dict[str, Any], name: str, done: dict[str, Result]) -> None:
        self._run, self._file, self._name, self._done = run, file, name, done
        self._spec: dict[str, Any] = file["jobs"][name]
        self._result = Result()
        self._home = run.folder / name
        (self._home / "temp").mkdir(parents=True)
        self._steps: dict[str, Any] = {}
        needs = self._spec.get("needs", [])
        self._needs = [needs] if isinstance(needs, str) else needs

    def run(self) -> Result:
        self._done[self._name] = self._result
        needed = all(self._done[name].ok for name in self._needs)
        if not holds(self._spec.get("if", "success()"), self._context(), self._functions(needed)):
            return self._result
        for number, step in enumerate(self._spec["steps"]):
            if holds(step.get("if", "success()"), self._context(), self._functions(self._result.ok)):
                self._step(number, step)
        outputs = self._spec.get("outputs", {})
        self._result.outputs = {name: self._filled(text) for name, text in outputs.items()}
        page = self._home / "page"
        self._result.page = page.read_text(encoding="utf-8") if page.exists() else ""
        return self._result

    def _step(self, number: int, step: dict[str, Any]) -> None:
        self._result.ran.append(step.get("name") or step["uses"].partition("@")[0])
        if "uses" in step:
            self._play(step["uses"].partition("@")[0], {k: self._filled(v) for k, v in step.get("with", {}).items()})
            return
        out = self._home / f"out{number}"
        out.touch()
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self._filled(step["run"])],
            cwd=self._run.workspace,
            env=self._environment(step) | {"GITHUB_OUTPUT": str(out)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        self._result.log += done.stdout
        self._result.ok &= done.returncode == 0
        values = dict(line.split("=", maxsplit=1) for line in out.read_text(encoding="utf-8").splitlines())
        self._steps[step.get("id", f"_{number}")] = {"outputs": values}

    def _environment(self, step: dict[str, Any]) -> dict[str, str]:
        here = {name: value for name, value in os.environ.items() if not name.startswith(_HIDDEN)}
        declared = self._file.get("env", {}) | self._spec.get("env", {}) | step.get("env", {})
        return (
            here
            | {"HOME": str(self._home), "UV_CACHE_DIR": str(Path.home() / ".cache" / "uv"), "CI": "true"}
            | {
                "GITHUB_ACTOR": "somebody",
                "GITHUB_EVENT_PATH": str(self._run.folder / "event.json"),
                "GITHUB_REPOSITORY": "rezapp/rez-infra",
                "GITHUB_RUN_ID": "42",
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_STEP_SUMMARY": str(self._home / "page"),
                "RUNNER_TEMP": str(self._home / "temp"),
            }
            | self._run.env
            | {name: self._filled(text) for name, text in declared.items()}
            | self._run.instead
        )

    def _play(self, action: str, given: Mapping[str, str]) -> None:
        """Provide what an action provides, as far as the scripts need it here."""
        match action:
            case "actions/checkout":
                assert (self._run.workspace / "Makefile").exists()  # the workspace is the checkout
            case "actions/cache" | "actions/cache/restore":
                assert "REZ_CACHE" in self._run.instead  # this machine's own cache is what would be restored
            case "pulumi/actions":
                assert given["pulumi-version"] == TOOLS["pulumi"].version  # `rez` finds the one that was built
            case "aws-actions/configure-aws-credentials":
                assert given["role-to-assume"], "no variable names the role"  # stack local needs no cloud
                assert given["aws-region"], "no variable names the region"
            case "actions/upload-artifact":
                shutil.copytree(self._run.workspace / given["path"], self._store / given["name"])
            case "actions/download-artifact":
                target = self._run.workspace / given["path"]
                shutil.copytree(self._store / given["name"], target, dirs_exist_ok=True, symlinks=True)
            case "github/codeql-action/upload-sarif":
                assert Path(given["sarif_file"]).is_file()
                self._run.uploads.append(dict(given))
            case _:
                raise AssertionError(f"{action}: nobody said what it provides here")

    @property
    def _store(self) -> Path:
        return self._run.artifacts or self._run.folder / "artifacts"

    def _filled(self, text: str) -> str:
        return filled(text, self._context(), self._functions(self._result.ok))

    def _context(self) -> dict[str, Any]:
        needs = {name: {"outputs": self._done[name].outputs} for name in self._needs}
        return {
            "github": {"event": self._run.event, "token": self._run.token},
            "inputs": self._run.event.get("inputs", {}),
            "needs": needs,
            "secrets": self._run.secrets,
            "runner": {"os": "Linux", "arch": "X64", "temp": str(self._home / "temp")},
            "steps": self._steps,
            "vars": self._run.vars,
        }

    @staticmethod
    def _functions(ok: bool) -> dict[str, Any]:  # noqa: FBT001 - one of two states
        states = {"always": lambda: True, "success": lambda: ok, "failure": lambda: not ok}
        return {**states, "hashFiles": lambda *_: "hash"}
