"""Runs the `pulumi` command with this project's environment, and turns its failures into ours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.engine import events, locks, pending
from infra.errors import PreconditionError, RezError, Terminated
from infra.local import paths
from infra.settings import load

_MUTATING = frozenset({"up", "update", "destroy", "refresh", "import"})
_JUDGED = _MUTATING | {"preview", "pre"}
_LOCAL_PASSPHRASE = "local"  # noqa: S105 - well known: stack local holds dummy values only
OnLine = Callable[[str], None]


class Engine:
    """The engine on one stack.

    Args:
        stack: Stack name, such as `production`.
        root: The folder of Pulumi.yaml.
    """

    def __init__(self, stack: str, root: Path = paths.ROOT) -> None:
        self.stack = stack
        self.root = root

    @cached_property
    def _environment(self) -> dict[str, str]:
        from infra.local import plugins, toolchain

        found = toolchain.locate("pulumi")
        if found is None:
            raise PreconditionError("pulumi is neither on PATH nor built: run `make local`, or install it")
        env = os.environ | {
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",
            "PULUMI_STACK": self.stack,
            "REZ_PYTHON": sys.executable,
        }
        env["PATH"] = os.pathsep.join([str(found.path.parent), str(Path(sys.executable).parent), env["PATH"]])
        is_local = self.stack == "local"
        if "PULUMI_HOME" not in os.environ and (is_local or found.source == "cache"):
            env["PULUMI_HOME"] = str(paths.pulumi_home())
            plugins.install(found.path, paths.pulumi_home(), Path(sys.executable))
        env.setdefault("PULUMI_OPTION_POLICY_PACK", str(self.root / "policies"))
        if is_local:
            paths.pulumi_state().mkdir(parents=True, exist_ok=True)
            env.setdefault("PULUMI_BACKEND_URL", f"file://{paths.pulumi_state()}")
            env.setdefault("PULUMI_CONFIG_PASSPHRASE", _LOCAL_PASSPHRASE)
            env["KUBECONFIG"] = str(paths.kubeconfig())
        return env

    def environment(self) -> dict[str, str]:
        """Environment of the engine's process: tools on PATH, PULUMI_HOME, backend, policy pack, kubeconfig.

        Raises:
            PreconditionError: There is no engine.
        """
        return dict(self._environment)

    def _call(self, args: Sequence[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["pulumi", *args], cwd=self.root, env=self._environment, text=True, capture_output=True, check=False
        )
        if check and done.returncode:
            raise RezError(done.stderr.strip() or done.stdout.strip())
        return done

    def exists(self) -> bool:
        """Whether the backend knows the stack."""
        return self._call(["stack", "export", "--stack", self.stack], check=False).returncode == 0

    def create(self) -> None:
        """Make the stack in the backend, unless it is there."""
        if not self.exists():
            self._call(["stack", "init", self.stack, "--no-select"])

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; empty if there is no such stack or it was destroyed. Secret ones are masked."""
        done = self._call(["stack", "output", "--json", "--stack", self.stack], check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def recover(self) -> None:
        """Put right what a killed engine left: its lock, and creations it began but did not record."""
        if not locks.break_dead(self._environment.get("PULUMI_BACKEND_URL", ""), self.stack):
            return
        state = json.loads(self._call(["stack", "export", "--stack", self.stack]).stdout)
        if not pending.any_left(state):
            return
        known = [
            part for urn, name in pending.creations(state) for part in ("--import-pending-creates", f"{urn} {name}")
        ]
        print("the last run was killed in the middle: adopting what it created", file=sys.stderr)
        self._call(["refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", self.stack, *known])

    def run(self, args: Sequence[str], *, env: dict[str, str] | None = None, on_line: OnLine | None = None) -> int:
        """Run one command of the engine on the stack.

        Args:
            args: As after `pulumi`.
            env: Added to the environment.
            on_line: Called with each line of output; None leaves the terminal to the engine.

        Returns:
            The engine's exit code, for commands whose failures are not ours to judge.

        Raises:
            SettingsError: The stack's settings cannot work.
            PolicyViolation: A mandatory policy failed.
            LockHeld: Somebody else changes the stack.
            UnavailableError: The cluster does not answer.
            DriftFound: There are changes and `--expect-no-changes` was given.
            RezError: Any other failure of an operation, with the engine's own words.
        """
        command = next((a for a in args if not a.startswith("-")), "")
        if command in _JUDGED and "--config-file" not in args:
            load(self.stack, self.root)  # what cannot work is refused before the engine starts
        if command in _MUTATING:
            self.recover()
        if command not in _JUDGED:
            return subprocess.run(["pulumi", *args], cwd=self.root, env=self._environment, check=False).returncode
        with tempfile.TemporaryDirectory(prefix="rez-") as folder:
            log = Path(folder) / "events"
            code, output = self._stream([*args, "--event-log", str(log)], env or {}, on_line)
            found = events.parse(log.read_text()) if log.exists() else []
        if failure := events.judge(found, output, code, writes=command in _MUTATING):
            raise failure
        return code

    def _stream(self, args: Sequence[str], env: dict[str, str], on_line: OnLine | None) -> tuple[int, str]:
        """Exit code and what was captured: all of the output, or only stderr where the terminal is the engine's."""
        quiet = on_line is not None
        process = subprocess.Popen(
            ["pulumi", *args],
            cwd=self.root,
            env=self._environment | env,
            text=True,
            stdin=subprocess.DEVNULL if quiet else None,
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else subprocess.PIPE,
        )
        lines: Iterable[str] = (process.stdout if quiet else process.stderr) or ()
        kept = []
        try:
            for line in lines:
                kept.append(line)
                on_line(line.rstrip("\n")) if on_line else print(line, end="", file=sys.stderr)
            return process.wait(), "".join(kept)
        except KeyboardInterrupt as stop:
            if isinstance(stop, Terminated):  # Ctrl-C has reached the engine already; a second one would cut it short
                process.send_signal(signal.SIGINT)
            process.wait()
            raise

    def up(self, release: str | None = None, targets: Sequence[str] = (), on_line: OnLine | None = None) -> None:
        """Bring the stack to what is declared.

        Args:
            release: `VERSION=IMAGE@sha256:DIGEST` to run, None to keep the one that runs.
            targets: URN patterns; empty for everything.
            on_line: Called with each line of the engine's output.

        Raises:
            RezError: As `run`.
        """
        self.run(["up", "--yes", *self._options(targets)], env=_release(release), on_line=on_line)

    def preview(self, release: str | None = None, targets: Sequence[str] = (), on_line: OnLine | None = None) -> None:
        """Show what `up` would do, policies included; touches nothing.

        Raises:
            RezError: As `run`.
        """
        self.run(["preview", "--diff", *self._options(targets)], env=_release(release), on_line=on_line)

    def _options(self, targets: Sequence[str]) -> list[str]:
        return [
            *("--stack", self.stack, "--non-interactive", "--color", "never", "--suppress-permalink=true"),
            *(part for t in targets for part in ("--target", t)),
        ]


def _release(release: str | None) -> dict[str, str]:
    return {"REZ_RELEASE": release} if release else {}
