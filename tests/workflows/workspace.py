"""A checkout of its own, in which a workflow's scripts run: nothing in it is of this one but the files."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.paths import ROOT
from infra.preview import trees

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "main"


@dataclass(frozen=True)
class Workspace:
    """The checkout.

    Attributes:
        root: Its folder.
    """

    root: Path

    @classmethod
    @contextmanager
    def made(cls, folder: Path) -> Iterator[Workspace]:
        """Copy what is in this checkout now, as the one commit of a new repository; removed at the end."""
        made = cls(folder)
        trees.copy(ROOT, trees.WORKING_TREE, folder)
        made.git("init", "-q", "-b", BASE)
        made.git("add", "-A")
        made.git("commit", "-qm", "what is on the base")
        yield made
        shutil.rmtree(folder)  # the environment that `make setup` made in it is large

    def git(self, *args: str) -> str:
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        done = subprocess.run(["git", *identity, *args], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def pull_request(self, *edits: tuple[str, str, str]) -> str:
        """Check out the merge of a branch with edits (file, what stands there, what shall); gives the branch's head."""
        self.git("checkout", "-q", "-B", "head", BASE)
        for file, old, new in edits:
            text = (self.root / file).read_text(encoding="utf-8")
            assert old in text, f"{file} has no {old}"
            (self.root / file).write_text(text.replace(old, new), encoding="utf-8")
        self.git("commit", "-qam", "a change")
        self.git("checkout", "-q", "-B", "merge", BASE)
        self.git("merge", "-q", "--no-ff", "-m", "the merge that GitHub makes", "head")
        return self.git("rev-parse", "head")
