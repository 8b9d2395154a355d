"""A place where a stranger's program can be run: nothing of ours is in its environment, state or settings."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.engine import events
from infra.engine.commands import PLAN
from infra.errors import PreconditionError
from infra.preview import virtualenvs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.preview.trees import Tree

PASSED_ON: Final = ("LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "PATH", "TERM", "TMPDIR", "TZ")
"""The only names of the caller's environment that a run sees."""
RELEASE: Final = f"v0=docker.io/rezapp/merchant-backend@sha256:{'0' * 64}"
"""Runs in a throw-away state, where no release was ever deployed."""
_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    errors: str


def environment(caller: Mapping[str, str], folder: Path, *, pulumi: Path, passphrase: str) -> dict[str, str]:
    """The whole environment of a run: pure.

    Args:
        caller: Our own.
        folder: The sandbox's.
        pulumi: The engine.
        passphrase: Made up for this run.
    """
    return {name: caller[name] for name in PASSED_ON if name in caller} | {
        "PATH": os.pathsep.join([str(pulumi.parent), caller.get("PATH", os.defpath)]),
        "HOME": str(folder / "home"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "KUBECONFIG": str(folder / "no-cluster"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": passphrase,
        "PULUMI_DEBUG_COMMANDS": "true",  # makes the engine know --event-log
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


class Sandbox:
    """An empty state, and the programs that are run against it.

    Args:
        folder: An empty one; whoever made it removes it.
        stack: The stack's name.
        root: The checkout whose environment of Python is used.

    Attributes:
        env: The whole environment of every run.
    """

    def __init__(self, folder: Path, stack: str, root: Path) -> None:
        from infra.local import toolchain

        found = toolchain.locate("pulumi")
        if found is None:
            raise PreconditionError("pulumi is neither on PATH nor built: run `make local`, or install it")
        self._folder = folder
        self._stack = stack
        self._packages = {virtualenvs.lock_of(root): virtualenvs.running()}
        self._pulumi = found.path
        self.env = environment(os.environ, folder, pulumi=found.path, passphrase=secrets.token_hex())
        for name in ("home", "state"):
            (folder / name).mkdir()

    def prepare(self, tree: Tree) -> None:
        """Give a tree an environment of Python in which `infra` and `policies` are its own.

        Raises:
            PreconditionError: It locks packages that cannot be installed.
        """
        from infra.local.plugins.install import install_recorders

        lock = virtualenvs.lock_of(tree.folder)
        if lock in self._packages:
            virtualenvs.borrow(tree.folder, self._packages[lock])
        else:
            done = self.run(virtualenvs.sync(), tree, virtualenvs.installer(os.environ))
            if done.code:
                why = " ".join(done.errors.split())
                raise PreconditionError(f"{tree.label} locks other packages, which cannot be installed: {why}")
            self._packages[lock] = virtualenvs.packages(tree.folder)
        install_recorders(self._pulumi, self._folder / "home", Path(sys.executable), self._packages[lock])

    def python(self, tree: Tree, *args: str) -> Done:
        """Run a tree's interpreter in the tree."""
        return self.run([str(virtualenvs.interpreter(tree.folder)), "-P", *args], tree)

    def declare(self, tree: Tree) -> str:
        """Record what a tree's program declares as if it had been created.

        Returns:
            What went wrong, "" if nothing did.
        """
        log = self._folder / "events"
        self._pulumi_run(tree, "stack", "init", self._stack)
        done = self._pulumi_run(
            tree, "up", "--yes", "--skip-preview", "--stack", self._stack, "--event-log", str(log), release=RELEASE
        )
        told = events.parse(log.read_text()) if log.exists() else []
        return str(events.judge(told, done.output + done.errors, done.code, writes=False) or "")

    def preview(self, tree: Tree, *, first: bool) -> Done:
        """Plan what a tree's program would change of what is recorded, as the engine's own JSON.

        Args:
            tree: The tree.
            first: Whether nothing was recorded before.
        """
        if first:
            self._pulumi_run(tree, "stack", "init", self._stack)
        return self._pulumi_run(tree, *PLAN, "--stack", self._stack, release=RELEASE if first else "")

    def _pulumi_run(self, tree: Tree, *args: str, release: str = "") -> Done:
        extra = {"REZ_RELEASE": release} if release else {}
        return self.run([str(self._pulumi), *args, "--non-interactive", "--color", "never"], tree, extra)

    def run(self, command: Sequence[str], tree: Tree, extra: Mapping[str, str] | None = None) -> Done:
        """Run a command in a tree, with a few more variables if need be.

        Raises:
            PreconditionError: It does not end.
        """
        with subprocess.Popen(
            command,
            cwd=tree.folder,
            env={**self.env, **(extra or {})},
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                output, errors = process.communicate(timeout=_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                raise PreconditionError(f"{tree.label}: the program ran for {_TIMEOUT_S:.0f} s and was ended") from None
            finally:
                if process.poll() is None:  # nothing of a state that is thrown away is worth waiting for
                    os.killpg(process.pid, signal.SIGKILL)
        return Done(process.returncode, output, errors)
