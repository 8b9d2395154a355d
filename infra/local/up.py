"""`make local`: from a checkout to an API that answers, as a list of phases."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from infra.engine import Engine
from infra.errors import PreconditionError, UnavailableError
from infra.local import abilities, debian, images, lock, paths, summary, toolchain
from infra.local import context as contexts
from infra.local.cluster import lifecycle
from infra.local.toolchain.tools import KUBERNETES
from infra.manifests.names import REPOSITORY
from infra.settings.model import LOCAL, NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cluster.lifecycle import Running

Say = Callable[[str], None]
_FIRST_RELEASE = "v1"
_ANSWER_S = 120.0
_BASIC_TOOLS = ("pulumi", "kubernetes", "etcd")
_SIMULATED_IMAGES = {f"v{n}": f"{REPOSITORY}@sha256:{n:064x}" for n in (1, 2)}
"""Simulated nodes pull nothing: any digest will do."""
_REAL_TOOLS = ("coredns", "metrics-server", "pause", "ferretdb")


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
    _check_arguments(context, release, simulated=simulated)
    with lock.held(say):
        if context:
            _on_context(context, release or "", say)
        else:
            _on_this_machine(say, simulated=simulated)


def _on_this_machine(say: Say, *, simulated: bool) -> None:
    if not simulated:
        _check_machine()
        debian.install(say)
    tools = toolchain.ensure([*_BASIC_TOOLS, *(["kwok"] if simulated else _REAL_TOOLS)], say)
    was_running = lifecycle.find() is not None
    try:
        running = _cluster(_binaries(tools), simulated=simulated, say=say)
        _stack(say)
        if not simulated:
            _answer(running, say)
    except KeyboardInterrupt:
        if not was_running:
            say("interrupted: removing what was started")
            lifecycle.stop()
        raise
    print(summary.as_text())


def _check_arguments(context: str | None, release: str | None, *, simulated: bool) -> None:
    if context and simulated:
        raise PreconditionError("--context and --simulated exclude each other: a cluster of yours, or one of kwok's")
    if context and not release:
        raise PreconditionError(
            "--context needs --release VERSION=IMAGE@sha256:DIGEST: your cluster pulls its images itself"
        )
    if release and not context:
        raise PreconditionError("--release goes with --context: a new cluster starts with its own v1")


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
    archive = paths.image_archive()  # packed while the daemons start
    built = dict(_SIMULATED_IMAGES) if simulated else images.build(tools["pause"], archive, say)
    if redis := built.pop(images.REDIS_REPOSITORY, None):
        paths.redis_image().write_text(redis)
    paths.images().write_text(json.dumps(built, indent=2))
    # Kept in no variable: its connections are closed before anything is said, for a Ctrl-C in that moment is lost.
    lifecycle.wait_for_nodes(running, lifecycle.wait_for_api(running))
    if not simulated:
        lifecycle.load_images(running, archive, json.dumps([built, redis]))
        lifecycle.wait_for_atlas(running)
    kind = "simulated" if simulated else "real"
    say(f"cluster: {running.machine.nodes} {kind} nodes ready after {time.monotonic() - began:.0f} s")
    return running


def _stack(say: Say) -> None:
    engine = Engine(LOCAL)
    engine.create()
    release = None
    if not engine.outputs().get("release"):
        references = json.loads(paths.images().read_text())
        release = f"{_FIRST_RELEASE}={references[_FIRST_RELEASE]}"
    say("pulumi up on stack local, with the policy pack")
    engine.up(release, on_line=lambda line: say(f"  {line}") if line.strip() else None)


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
        # A proxy of the person's is not for this machine's own addresses.
        return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _on_context(name: str, release: str, say: Say) -> None:
    fresh = contexts.current() is None
    contexts.use(name)
    try:
        toolchain.ensure(["pulumi"], say)
        engine = Engine(LOCAL)
        engine.create()
        _refuse_taken(engine, name)
    except BaseException:
        if fresh:  # refused before the first write: leave no trace
            lifecycle.stop()
        raise
    engine.up(release, on_line=lambda line: say(f"  {line}") if line.strip() else None)
    say(f"stack local runs on context {name}: `rez status` shows it")


def _refuse_taken(engine: Engine, name: str) -> None:
    """Never take over what somebody else runs: stack `local` uses production's names."""
    from infra.cluster import Cluster

    cluster = Cluster.connect(kubeconfig=paths.kubeconfig())
    if engine.is_empty() and cluster.get("v1", "Namespace", NAMESPACE):
        raise PreconditionError(
            f"context {name} already has a namespace {NAMESPACE}, which stack local would take over: "
            "choose another cluster, or remove it first"
        )


def down(say: Say) -> None:
    """End the local system and remove every trace of it, except the cache.

    Raises:
        PreconditionError: The stack still holds objects on somebody's own cluster.
        UnavailableError: A process or a cgroup did not go away.
    """
    with lock.held(say):
        foreign = contexts.current()
        if foreign and not Engine(LOCAL).is_empty():
            raise PreconditionError(
                f"stack local still has objects on context {foreign}: `rez pulumi destroy --stack local` first"
            )
        say("everything of the local system is gone" if lifecycle.stop() else "nothing was running")
