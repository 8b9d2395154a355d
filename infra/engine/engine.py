"""Runs the `pulumi` command with this project's environment, and turns its failures into ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.engine import backend, checkpoint, environment, events, gate, guard, locks, pending, process, state_files
from infra.engine.commands import ASKING, FREEING, JUDGED, MUTATING, PLAN, PLANNED, UNPLANNED, command_of, plan_of
from infra.errors import PreconditionError
from infra.local import paths
from infra.settings import Settings, load
from infra.settings.inventory import CONFIG_KEY
from infra.settings.model import LOCAL
from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from infra.engine.process import OnLine
    from infra.engine.state_files import StateFiles
    from infra.errors import RezError

_API = "rez:api:Api"
"""The component whose outputs say what was declared for the release."""

_NO_STACK = 6
"""The engine's exit code for a stack that its backend does not know."""


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
        from infra.local import cache, plugins, toolchain
        from infra.local.atlas import access

        found = toolchain.locate("pulumi")
        if found is None:
            raise PreconditionError("pulumi is neither on PATH nor built: run `make local`, or install it")
        built = found.source == "cache"
        if home := environment.home(self.stack, os.environ, built=built):
            plugins.install(found.path, home, Path(sys.executable))
        if self.stack == LOCAL:
            paths.pulumi_state().mkdir(parents=True, exist_ok=True)
        own = access.environment() | cache.environment() if self.stack == LOCAL else {}
        return environment.build(self.stack, self.root, os.environ, found.path, built=built) | own

    def environment(self) -> dict[str, str]:
        """Environment of the engine's process: tools on PATH, PULUMI_HOME, backend, policy pack, kubeconfig.

        Raises:
            PreconditionError: There is no engine.
        """
        return dict(self._environment)

    @cached_property
    def files(self) -> StateFiles | None:
        """The files of the stack's backend; None if it is one that we cannot look into.

        Raises:
            PreconditionError: There is no engine.
        """
        return state_files.open_at(backend.address(self._environment, self.root))

    def _call(self, args: Sequence[str], *, absent: int = 0, text: str = "") -> str:
        """Output of a quick command; "" if it ends with the code `absent`."""
        done = subprocess.run(
            ["pulumi", *args],
            cwd=self.root,
            env=self._environment,
            text=True,
            input=text,
            capture_output=True,
            check=False,
        )
        if done.returncode and done.returncode == absent:
            return ""
        if done.returncode:
            raise events.explain(done.stderr.strip() or done.stdout, done.returncode)
        return done.stdout

    def exists(self) -> bool:
        """Whether the backend knows the stack.

        Raises:
            RezError: The backend does not answer, or does not let us in.
        """
        return self._export() is not None

    def _export(self) -> dict[str, Any] | None:
        """The stack's state, None if there is no such stack."""
        done = self._call(["stack", "export", "--stack", self.stack], absent=_NO_STACK)
        state: dict[str, Any] | None = json.loads(done) if done else None
        return state

    def create(self) -> None:
        """Make the stack in the backend, unless it is there."""
        if not self.exists():
            self._call(["stack", "init", self.stack, "--no-select"])

    def is_empty(self) -> bool:
        """Whether the stack holds no resource that a destroy would remove."""
        resources = ((self._export() or {}).get("deployment") or {}).get("resources") or []
        return not any(r["type"].startswith("kubernetes:") for r in resources)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; empty if there is no such stack or it was destroyed. Secret ones are masked.

        Raises:
            RezError: The backend does not answer, or does not let us in.
        """
        return dict(
            json.loads(self._call(["stack", "output", "--json", "--stack", self.stack], absent=_NO_STACK) or "{}")
        )

    def set_secret(self, name: str, value: str) -> None:
        """Put a value into the stack file, encrypted.

        Raises:
            RezError: The engine cannot encrypt it, or write the file.
        """
        key = f"{PROJECT}:{CONFIG_KEY}.{name}"
        self._call(["config", "set", "--stack", self.stack, "--secret", "--path", key], text=value)

    def rendered(self) -> str:
        """What was declared for the release that runs, as its record keeps it; "" if the state does not know.

        Raises:
            RezError: The backend does not answer, or does not let us in.
        """
        resources = ((self._export() or {}).get("deployment") or {}).get("resources") or []
        found = next((each.get("outputs") or {} for each in resources if each["type"] == _API), {})
        return str(found.get("rendered") or "")

    def _guard(self, settings: Settings) -> None:
        if settings.cluster.kube_system_uid:
            from infra.cluster import Cluster

            guard.check(settings, Cluster.connect(kubeconfig=self._environment.get("KUBECONFIG")))

    def recover(self) -> None:
        """Put right what a killed engine of this machine left: its lock, and creations it began but did not record.

        Raises:
            PreconditionError: The state is damaged.
            RezError: The backend does not answer, or does not let us in.
        """
        broken = locks.break_dead(self.files, self.stack) if self.files else 0
        if self.files and broken:
            checkpoint.repair(self.files, self.stack)
        self._refuse_damaged()
        if broken:
            self.adopt()

    def _refuse_damaged(self) -> None:
        content = self.files.read(state_files.checkpoint_of(self.stack)) if self.files else None
        if content is not None and (damage := checkpoint.damage(content, self.stack)):
            remedy = f"bring the last whole one back with `rez state restore --stack {self.stack}`"
            raise PreconditionError(f"the state of stack {self.stack} is damaged: it is {damage}; {remedy}")

    def adopt(self) -> None:
        """Take creations that a run began and did not record for done.

        Raises:
            RezError: The backend does not answer, or does not let us in.
        """
        state = self._export() or {}
        if pending.any_left(state):
            print("the last run was killed in the middle: adopting what it began to create", file=sys.stderr)
            self._call(["stack", "import", "--stack", self.stack], text=json.dumps(pending.adopt(state)))

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
            PolicyViolation: A mandatory policy failed, or the plan costs data; nothing was touched.
            LockHeld: Somebody else changes the stack.
            UnavailableError: The cluster does not answer.
            DriftFound: There are changes and `--expect-no-changes` was given.
            RezError: Any other failure of an operation, with the engine's own words.
        """
        command = command_of(args)
        if self.stack != LOCAL and command in UNPLANNED:
            remedy = f"use `rez pulumi up --stack {self.stack}`"
            raise PreconditionError(f"{command} brings changes in that nobody has judged: {remedy}")
        if command not in JUDGED:
            code = process.attached(args, cwd=self.root, env=self._environment)
            if command in FREEING and code == 0:
                self.adopt()  # its lock is gone, so that nothing else will tell of what that run began
            return code
        if self.stack != LOCAL and command in PLANNED:
            self._refuse_costly(args, env)
        self._judged(args, env=env, on_line=on_line)
        return 0

    def _refuse_costly(self, args: Sequence[str], env: dict[str, str] | None) -> None:
        """Judge the plan of a command whose arguments are a person's; the local stack has nothing to lose."""
        self._guard(load(self.stack, self.root))
        self.recover()  # what a killed engine left would show as a plan
        print("judging the plan", file=sys.stderr)
        told, failure = self._told(plan_of(args), env={**(env or {}), **ASKING}, on_line=lambda _: None)
        if failure is None or events.ended(told):  # the engine's own protection hides nothing of what was planned
            gate.refuse_plan(told, stack=self.stack, say=lambda line: print(line, file=sys.stderr), root=self.root)
        if failure:
            raise failure

    def _judged(
        self,
        args: Sequence[str],
        *,
        env: dict[str, str] | None,
        on_line: OnLine | None,
        stop: threading.Event | None = None,
    ) -> str:
        """Run a command that tells by events how it went; gives the events, one JSON object a line."""
        told, failure = self._told(args, env=env, on_line=on_line, stop=stop)
        if failure:
            raise failure
        return told

    def _told(
        self,
        args: Sequence[str],
        *,
        env: dict[str, str] | None,
        on_line: OnLine | None,
        stop: threading.Event | None = None,
    ) -> tuple[str, RezError | None]:
        """The events of such a command, and how it failed."""
        command = command_of(args)
        settings = load(self.stack, self.root)  # what cannot work is refused before the engine starts
        if command in MUTATING:
            self._guard(settings)
            self.recover()
        else:
            self._refuse_damaged()
        whole = self._environment | (env or {})
        # Below the run folder a killed run leaves nothing behind `rez local down`.
        place = paths.run() if self.stack == LOCAL else None
        with tempfile.TemporaryDirectory(prefix="rez-", dir=place) as folder:
            log = Path(folder) / "events"
            command_line = [*args, "--event-log", str(log)]
            code, output = process.run(command_line, cwd=self.root, env=whole, on_line=on_line, stop=stop)
            told = log.read_text() if log.exists() else ""
        return told, events.judge(events.parse(told), output, code, writes=command in MUTATING)

    def up(  # noqa: PLR0913 - the parameters of an update
        self,
        release: str | None = None,
        targets: Sequence[str] = (),
        on_line: OnLine | None = None,
        *,
        record: str = "",
        overrides: str = "",
        previewed: bool = False,
        stamp: str = "",
        stop: threading.Event | None = None,
    ) -> None:
        """Bring the stack to what is declared.

        Args:
            release: `VERSION=IMAGE@sha256:DIGEST` to run, None to keep the one that runs.
            targets: URN patterns; empty for everything.
            on_line: Called with each line of the engine's output.
            record: What `rendered` gave when the release ran, to have it as it was; "" for what the settings declare.
            overrides: A merge patch of the overrides in force, JSON; "" keeps them.
            previewed: The caller has judged the plan of `preview`: it is not made once more.
            stamp: The fencing token that the Deployment shows; "" to keep the one that it has.
            stop: Interrupts the engine as Ctrl-C does, once it is set.

        Raises:
            RezError: As `run`.
        """
        options = [*self._options(targets), *(["--skip-preview"] if previewed else [])]
        with _parameters(release, record, overrides, stamp) as env:
            if previewed:
                self._judged(["up", "--yes", *options], env=env, on_line=on_line, stop=stop)
            else:
                self.run(["up", "--yes", *options], env=env, on_line=on_line)

    def preview(
        self,
        release: str | None = None,
        targets: Sequence[str] = (),
        on_line: OnLine | None = None,
        *,
        record: str = "",
        overrides: str = "",
    ) -> str:
        """Show what `up` would do, policies included; touches nothing.

        Returns:
            The plan as the engine's events, one JSON object a line: `policies.inputs.preview` reads it. They come with
            the text for people, where `preview --json` gives one or the other and no word of a policy's violation.

        Raises:
            RezError: As `run`.
        """
        with _parameters(release, record, overrides) as env:
            return self._judged(["preview", "--diff", *self._options(targets)], env=env, on_line=on_line)

    def plan(self) -> str:
        """Tell as data what `up` would do, as if nothing were protected; no policy is asked, nothing is touched.

        Returns:
            The engine's JSON; where the plan failed its diagnostics say why.

        Raises:
            SettingsError: The stack's settings cannot work.
            PreconditionError: The state is damaged, or the cluster is another one.
            RezError: The engine got no further.
        """
        self._guard(load(self.stack, self.root))
        self._refuse_damaged()
        env = {name: value for name, value in self._environment.items() if name != environment.POLICY_PACK}
        command = ["pulumi", *PLAN, "--stack", self.stack, "--non-interactive"]
        done = subprocess.run(command, cwd=self.root, env=env, text=True, capture_output=True, check=False)
        if not done.stdout.startswith("{"):
            raise events.explain(done.stderr.strip() or done.stdout, done.returncode or 1)
        return done.stdout

    def _options(self, targets: Sequence[str]) -> list[str]:
        return [
            *("--stack", self.stack, "--non-interactive", "--color", "never", "--suppress-permalink=true"),
            *(part for t in targets for part in ("--target", t)),
        ]


@contextmanager
def _parameters(release: str | None, record: str, overrides: str, stamp: str = "") -> Iterator[dict[str, str]]:
    """A run's parameters as its environment; what is too long for a variable is in a file that the variable names."""
    given = {"REZ_RELEASE": release, "REZ_OVERRIDES": overrides, "REZ_FENCING_TOKEN": stamp}
    env = {name: value for name, value in given.items() if value}
    if not record:
        yield env
        return
    with tempfile.NamedTemporaryFile("w", prefix="rez-", suffix=".json", encoding="utf-8") as file:
        file.write(record)
        file.flush()
        yield env | {"REZ_RECORD": file.name}
