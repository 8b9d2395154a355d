"""Compares the cluster with what the stack declares, and takes back what has drifted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from infra.atlas_api import Atlas
from infra.drift import declared, orphans, plan
from infra.drift.compare import Seen, compare
from infra.drift.declared import Declared
from infra.drift.difference import What
from infra.drift.imitation import imitate
from infra.drift.report import Report
from infra.drift.sealed import filled
from infra.errors import RezError, UnavailableError
from infra.local.plugins.kubernetes.diff import immutable
from infra.operations import atlas_drift
from infra.rejection import ApiError
from infra.settings.model import NAMESPACE
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from infra.drift.declared import Ref, Stack
    from infra.drift.difference import Difference
    from infra.manifests import Manifest

_AT_ONCE = 8


class Cluster(Protocol):
    """The part of `infra.cluster.Cluster` that a comparison needs."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """A live object."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""

    def apply(self, manifest: Manifest, *, force: bool = False, dry_run: bool = False) -> Manifest:
        """Server-side apply."""

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: Mapping[str, Any]) -> Manifest:
        """Merge a change into a live object."""


class Engine(Protocol):
    """The part of `infra.engine.take_back.TakingEngine` that drift needs."""

    stack: str

    def state(self) -> dict[str, Any]:
        """The stack's state."""

    def plan_back(self, targets: Sequence[str], on_line: Callable[[str], None] | None, *, refresh: bool = True) -> str:
        """The plan of `take_back`."""

    def take_back(self, targets: Sequence[str], on_line: Callable[[str], None] | None) -> None:
        """Bring objects to what is declared, also in fields that others hold."""

    def recover(self) -> None:
        """Put right what a killed engine left."""


@dataclass(frozen=True)
class Scene:
    """What is compared, and who is told of the progress."""

    engine: Engine
    cluster: Cluster
    say: Callable[[str], None]
    atlas: Atlas = field(default_factory=Atlas)


def read(scene: Scene) -> Report:
    """Compare everything that the stack declares with what is there; nothing is touched.

    An Atlas that does not answer, or for which there are no credentials, hides nothing of the cluster.

    Raises:
        PreconditionError: There is no such stack.
        UnavailableError: The cluster or the backend does not answer.
    """
    stack = declared.read(scene.engine.state(), stack=scene.engine.stack)
    found, unread, untried = _compared(scene, stack)
    strays, kept, unlisted = _strays(scene, stack)
    held = [each for each in found if each.what is What.HELD]
    changed, unasked = _changed_by_refresh(scene, stack, held)
    fields = {(each.ref, each.path) for each in changed}
    atlas = atlas_drift.read(scene.atlas, stack.atlas)
    return Report(
        stack=stack.name,
        compared=len(stack.objects) - len(unread) + atlas.compared,
        differences=(*(each for each in found if each.what is not What.HELD), *changed, *strays, *atlas.found),
        held=tuple(each for each in held if (each.ref, each.path) not in fields),
        kept=tuple(kept),
        others=stack.others,
        unread=(*unread, *unlisted, *unasked, *atlas.unread),
        untried=untried,
    )


def _compared(scene: Scene, stack: Stack) -> tuple[list[Difference], list[str], int]:
    """The differences of all objects, what could not be read, and of how many no apply could be tried."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sights = list(pool.map(lambda each: _see(scene.cluster, each), stack.objects))
    found: list[Difference] = []
    unread = []
    for each, seen in zip(stack.objects, sights, strict=True):
        if isinstance(seen, Seen):
            found += compare(each, seen, stack=stack.name, autoscaled=each.ref in stack.autoscaled)
        else:
            unread.append(f"{each.ref}: {line(seen)}")
    return found, unread, sum(isinstance(seen, Seen) and not seen.tried for seen in sights)


def _see(cluster: Cluster, each: Declared) -> Seen | ApiError:
    """Read one object, and try what an apply would make of it; the error if we may not read it."""
    ref = each.ref
    try:
        live = cluster.get(ref.api_version, ref.kind, ref.name, ref.namespace or None)
        return Seen(live) if live is None else _try(cluster, each, live)
    except ApiError as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        return error


def _try(cluster: Cluster, each: Declared, live: Manifest) -> Seen:
    wanted = filled(each.manifest, live)
    try:
        return Seen(live, cluster.apply(wanted, force=True, dry_run=True))
    except ApiError as error:
        if error.status == HTTPStatus.FORBIDDEN:
            return Seen(live, imitate(wanted, filled(each.recorded or each.manifest, live), live), tried=False)
        return Seen(live, refusal=str(error), fixed=bool(immutable(error.causes)))


def _strays(scene: Scene, stack: Stack) -> tuple[list[Difference], list[Ref], list[str]]:
    """What carries the stack's labels but is not declared, what is kept on purpose, and what could not be listed."""
    found: list[Manifest] = []
    unlisted = []
    refs = {each.ref for each in stack.objects}
    for api_version, kind, namespace in orphans.places(refs, NAMESPACE):
        try:
            found += scene.cluster.list(api_version, kind, namespace or None, labels=orphans.LABELS)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:  # a kind that the cluster does not know
                unlisted.append(f"undeclared objects of kind {kind}: {line(error)}")
    strays, kept = orphans.orphans(found, refs)
    return strays, kept, unlisted


def _changed_by_refresh(scene: Scene, stack: Stack, held: Sequence[Difference]) -> tuple[list[Difference], list[str]]:
    """Ask the program about fields that are as the state says, but held by others.

    A refresh writes what somebody changed into the state, which then declares it: only the program knows better.

    Returns:
        Fields that the program declares otherwise, and what could not be asked.
    """
    urns = list(dict.fromkeys(each.urn for each in held))
    if not urns:
        return [], []
    scene.say("others hold fields of declared objects: asking the program what it declares")
    try:
        programs = plan.programs(scene.engine.plan_back(urns, lambda _: None, refresh=False))
    except UnavailableError:
        raise
    except (RezError, ValueError) as error:
        return [], [f"the program's word on fields that others hold: {line(error)}"]
    objects = tuple(Declared(urn, programs[urn]) for urn in urns if urn in programs)
    again, unread, _ = _compared(scene, replace(stack, objects=objects))
    fields = {(each.ref, each.path) for each in held}
    return [each for each in again if each.what is not What.HELD and (each.ref, each.path) in fields], unread
