"""A repository of its own with this project's files, in which branches can be made and `rez` can be run."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.paths import ROOT, cache
from infra.preview import trees, virtualenvs

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "main"
_PATIENCE_S = 180.0
_REZ = ("-P", "-c", "from infra.cli import main; main()")


@dataclass(frozen=True)
class Repository:
    """The repository.

    Attributes:
        root: Its folder.
        outside: What a run may write to: its home and its temporary files.
    """

    root: Path
    outside: Path

    @classmethod
    def make(cls, folder: Path) -> Repository:
        made = cls(folder / "repository", folder / "outside")
        trees.copy(ROOT, trees.WORKING_TREE, made.root)
        for name in ("home", "tmp"):
            (made.outside / name).mkdir(parents=True)
        made.git("init", "-q", "-b", MAIN)
        made.git("add", "-A")
        made.git("commit", "-qm", "what runs")
        virtualenvs.borrow(made.root, virtualenvs.running())
        return made

    def git(self, *args: str) -> str:
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        command = ["git", *identity, *args]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def branch(self, name: str, *edits: tuple[str, str, str]) -> None:
        """Make a branch of main's with edits: file, what stands there, what shall."""
        self.git("checkout", "-q", "-f", "-B", name, MAIN)
        for file, old, new in edits:
            path = self.root / file
            text = path.read_text()
            assert old in text, f"{file} has no {old}"
            path.write_text(text.replace(old, new))
        self.git("commit", "-qam", name)

    def start(self, *args: str, **variables: str) -> subprocess.Popen[str]:
        """Start `rez` with this repository's own code, in an environment of its own."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.outside / "home"),
            "TMPDIR": str(self.outside / "tmp"),
            "REZ_CACHE": str(cache()),
            **variables,
        }
        command = [str(virtualenvs.interpreter(self.root)), *_REZ, *args]
        return subprocess.Popen(
            command, cwd=self.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def rez(self, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `rez` to its end."""
        with self.start(*args, **variables) as process:
            try:
                output, errors = process.communicate(timeout=_PATIENCE_S)
            finally:
                process.terminate()  # killed outright it would leave its engine behind
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def preview(self, head: str, *, code: int, stack: str = "production", **variables: str) -> dict[str, Any]:
        """The report of `rez preview --base main`, and no trace of it anywhere else."""
        before = self.traces()
        done = self.rez("preview", "--base", MAIN, "--head", head, "--stack", stack, "--format", "json", **variables)
        assert done.returncode == code, done.stdout + done.stderr
        assert self.traces() == before
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def traces(self) -> list[str]:
        """All that a run could leave behind."""
        found = [str(path) for path in self.outside.rglob("*")]
        return [*found, self.git("status", "--porcelain"), self.git("worktree", "list"), self.git("for-each-ref")]
