"""One replay: the good release in a namespace of its own, then the next one by some tool, then the account."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.rollout import judge, tools
from benchmarks.rollout.outcome import account
from benchmarks.rollout.world import REPLICAS
from infra.local.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.rollout.field import Field
    from benchmarks.rollout.log import Log
    from benchmarks.rollout.outcome import Line, Outcome
    from benchmarks.rollout.scenarios import Scenario
    from benchmarks.rollout.tools import Tool

_INSTALLED_S = 90.0
_AFTERWARDS_S = 30.0


@dataclass(frozen=True)
class Trial:
    """A tool, a scenario, and where they meet.

    Attributes:
        number: Tells the namespace from that of other rounds.
        say: Takes a line of progress.
    """

    field: Field
    log: Log
    tool: Tool
    scenario: Scenario
    number: int
    say: Callable[[str], None]

    @property
    def namespace(self) -> str:
        """Its own."""
        return f"{self.tool.name}-{self.scenario.name}-{self.number}"

    @property
    def folder(self) -> Path:
        """The scripts' working folder."""
        return self.field.folder / self.namespace

    def run(self) -> Outcome:
        """Replay the scenario once."""
        cluster, namespace = self.field.cluster, self.namespace
        self.folder.mkdir()
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        tools.prepare(self.tool, self.scenario, namespace, self.folder)
        found = tools.environment(self.tool, self.field, namespace, self.say)
        env = {**os.environ, **found, "PYTHONPATH": str(ROOT)}
        try:
            self._install(env)
            before = self._state()
            if self.scenario.before:
                self.scenario.before(cluster, namespace)
            began, lines = time.monotonic(), self._deploy(env)
            self._calm()
            restored = before == self._state()
            return account(
                self.tool.name, self.scenario, lines, self.log.of(namespace), began_s=began, restored=restored
            )
        finally:
            cluster.delete("v1", "Namespace", namespace)

    def _install(self, env: dict[str, str]) -> None:
        done = subprocess.run(
            ["bash", "-c", self.tool.install], cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )
        deadline = time.monotonic() + _INSTALLED_S
        while done.returncode or not self._installed():
            if done.returncode or time.monotonic() > deadline:
                raise RuntimeError(f"the good release did not come: {done.stdout}{done.stderr}")
            time.sleep(0.2)

    def _installed(self) -> bool:
        found = self._workload()
        return bool(found) and found[0].get("status", {}).get("availableReplicas") == REPLICAS

    def _deploy(self, env: dict[str, str]) -> list[Line]:
        """Run the tool while the scenario's act goes on, and give its output line by line."""
        if self.scenario.act:
            place = (self.field.cluster, self.namespace)
            threading.Thread(target=self.scenario.act, args=place, daemon=True).start()
        with subprocess.Popen(
            ["bash", "-c", self.tool.deploy],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            lines = [(time.monotonic(), line.rstrip()) for line in process.stdout or []]
            lines.append((time.monotonic(), f"EXIT {process.wait()}"))
        if kept := os.environ.get("REZ_OUTPUTS"):
            text = "\n".join(f"{at_s:.2f} {line}" for at_s, line in lines)
            Path(kept, f"{self.namespace}.txt").write_text(text, encoding="utf-8")
        return lines

    def _calm(self) -> None:
        """Wait until the pods of the good release are whole again, or those of the next one run."""
        deadline = time.monotonic() + _AFTERWARDS_S
        while time.monotonic() < deadline:
            moments, workload = judge.availability(self.log.of(self.namespace)), self._workload()
            whole = bool(moments) and moments[-1][1] == moments[-1][2] >= REPLICAS
            if whole or (workload and not judge.is_good(workload[0]["spec"]["template"])):
                return
            time.sleep(0.2)

    def _workload(self) -> list[dict[str, Any]]:
        return [live for kind in judge.WORKLOADS for live in self.log.latest(self.namespace, kind)]

    def _state(self) -> Any:
        """Template, replicas, and the configuration that the pods are given."""
        cluster, workload = self.field.cluster, self._workload()[0]
        template = workload["spec"]["template"]
        config = template["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"]
        data = (cluster.get("v1", "ConfigMap", config, self.namespace) or {}).get("data")
        return template, workload["spec"]["replicas"], data
