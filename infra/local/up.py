"""`make local`: from a checkout to an API that answers, as a list of phases."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from infra.engine import Engine
from infra.errors import PreconditionError, UnavailableError
from infra.local import abilities, debian, images, paths, summary, toolchain
from infra.local import context as contexts
from infra.local.cluster import lifecycle
from infra.local.toolchain.tools import KUBERNETES

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cluster.lifecycle import Running

Say = Callable[[str], None]
_STACK = "local"
_FIRST_RELEASE = "v1"
_ANSWER_S = 120.0
_BASIC_TOOLS = ("pulumi", "kubernetes", "etcd")
_REAL_TOOLS = ("coredns", "metrics-server", "pause")


def up(*, say: Say, context: str | None = None, release: str | None = None, simulated: bool = False) -> None:
    """Start what is missing of the local system and wait until the API answers.

    Args:
        say: Called with each line of progress.
        context: An existing kubeconfig context to use instead of a cluster of our own.
        release: `VERSION=IMAGE@sha256:DIGEST` to run first on that context.
        simulated: Nodes played by kwok.

    Raises:
        PreconditionError: The machine or the arguments do not allow it; nothing was touched.
        UnavailableError: Something did not come up in time.
    """
    if context:
        _on_context(context, release, say)
        return
    if not simulated:
        _check_machine()
        debian.install(say)
    tools = toolchain.ensure([*_BASIC_TOOLS, *(["kwok"] if simulated else _REAL_TOOLS)], say)
    was_running = lifecycle.find() is not None
    try:
        running = _cluster(_binaries(tools), simulated=simulated, say=say)
        _stack(None if simulated else _FIRST_RELEASE, say)
        if not simulated:
            _answer(running, say)
    except KeyboardInterrupt:
        if not was_running:
            say("interrupted: removing what was started")
            lifecycle.stop()
        raise
    print(summary.as_text())


def _check_machine() -> None:
    if obstacles := abilities.read().obstacles:
        raise PreconditionError(
            f"{'; '.join(obstacles)}: run on Linux as root, or `rez local up --simulated` (no containers), "
            "or `rez local up --context NAME` (your own cluster)"
        )


def _binaries(tools: dict[str, Path]) -> dict[str, Path]:
    """Every binary by its own name: the components of Kubernetes lie in one folder."""
    return tools | {name: tools["kubernetes"].parent / name for name in KUBERNETES}


def _cluster(tools: dict[str, Path], *, simulated: bool, say: Say) -> Running:
    began = time.monotonic()
    running = lifecycle.start(tools, simulated=simulated)
    if not simulated:  # packs while the daemons start
        archive = paths.run() / "images.tar"
        references = json.dumps(images.build(tools["pause"], archive, say), indent=2)
        paths.images().write_text(references)
    cluster = lifecycle.wait_for_api(running)
    lifecycle.wait_for_nodes(running, cluster)
    if not simulated:
        lifecycle.load_images(running, archive, references)
    kind = "simulated" if simulated else "real"
    say(f"cluster: {running.machine.nodes} {kind} nodes ready after {time.monotonic() - began:.0f} s")
    return running


def _stack(first: str | None, say: Say) -> None:
    engine = Engine(_STACK)
    engine.create()
    release = None
    if not engine.outputs().get("release"):
        release = _reference(first)
    say("pulumi up on stack local, with the policy pack")
    engine.up(release, on_line=lambda line: say(f"  {line}") if line.strip() else None)


def _reference(version: str | None) -> str:
    if version is None:  # simulated nodes pull nothing: any digest will do
        return f"{_FIRST_RELEASE}=docker.io/rezapp/merchant-backend@sha256:{'0' * 64}"
    references = json.loads(paths.images().read_text())
    return f"{version}={references[version]}"


def _answer(running: Running, say: Say) -> None:
    began = time.monotonic()
    while time.monotonic() - began < _ANSWER_S:
        url = summary.service_url()
        if url and _healthy(f"{url}/health"):
            say(f"the API answers at {url} after {time.monotonic() - began:.0f} s")
            return
        time.sleep(0.2)
    raise UnavailableError(
        f"the API did not answer within {_ANSWER_S:.0f} s: `rez status` shows why; logs in {running.machine.log}"
    )


def _healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _on_context(name: str, release: str | None, say: Say) -> None:
    if lifecycle.find():
        raise PreconditionError("a local cluster runs: `rez local down` first")
    if not release:
        raise PreconditionError(
            "--context needs --release VERSION=IMAGE@sha256:DIGEST: your cluster pulls its images itself"
        )
    toolchain.ensure(["pulumi"], say)
    contexts.use(name)
    engine = Engine(_STACK)
    engine.create()
    engine.up(release, on_line=lambda line: say(f"  {line}") if line.strip() else None)
    say(f"stack local runs on context {name}: `rez status` shows it")
