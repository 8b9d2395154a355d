"""What a deploy is going to do, made by reading alone: what cannot work is refused before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from infra.engine import gate
from infra.manifests import migration as manifests
from infra.rollout import contract, failure, ledger, left, overrides, watch
from infra.rollout.phases import migrate
from infra.rollout.releases import refuse_moved, resolve, running, runs_as_recorded
from infra.rollout.settle import healthy_now
from infra.rollout.target import API_COMPONENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.manifests import Manifest
    from infra.manifests.migration import Class
    from infra.manifests.release import Release
    from infra.rollout.journal import Entry
    from infra.rollout.ledger import Record
    from infra.rollout.releases import Images
    from infra.rollout.scene import Scene


@dataclass(frozen=True)
class Plan:
    """What a deploy is going to do.

    Attributes:
        release: What shall run.
        previous: What to go back to; None when nothing is known to have served.
        adopt: A healthy release that the ledger does not know yet, to be recorded first.
        done: The release serves already.
        template: What the Deployment made its pods from; a run that fails is rolled back only if it changed that.
        kept: What becomes of the overrides, line by line.
        left: What a run before it was doing when it was killed.
        migration: What the release does to the database's schema.
    """

    release: Release
    previous: Release | None
    adopt: Release | None
    done: bool
    template: Manifest
    kept: tuple[str, ...] = ()
    left: Entry | None = None
    migration: Class = "none"

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        version = self.release.version
        if self.done:
            return [f"{version} runs on {scene.stack} already and is healthy: nothing to do"]
        back = f"roll back to {self.previous.version}" if self.previous else "nothing to roll back to: exit code 11"
        if self.migration == "contract":
            back = "no way back once it is rolled out, its migration contracts the schema: exit code 11"
        return [
            f"deploy {version} on {scene.stack}",
            f"  image:   {self.release.image}",
            f"  migrate: {_migration_told(scene, self.migration)}",
            f"  canary:  {_canary_told(scene)}",
            f"  engine:  up, targeted at {API_COMPONENT}",
            *self.kept,
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            f"  bake:    {scene.settings.bake.duration_s} s, {scene.settings.bake.min_requests} requests or more",
            f"  if bad:  {back}",
            "  record:  one ConfigMap in the ledger",
        ]


def _migration_told(scene: Scene, migration: Class) -> str:
    if migration == "none":
        return "nothing"
    return f"{migration}, by Job/{manifests.NAME}, at most {scene.settings.api.rollout.migration_timeout_s} s"


def _canary_told(scene: Scene) -> str:
    settings = scene.settings.canary
    if not scene.canary:
        return "none"
    return (
        f"{settings.pods} for {settings.duration_s} s, {settings.min_requests} requests or more; "
        f"if inconclusive: {settings.on_inconclusive}"
    )


def preflight(  # noqa: PLR0913 - what a version is looked up in
    scene: Scene,
    text: str,
    *,
    known: Mapping[str, str],
    repository: str,
    images: Images | None = None,
    labels: Callable[[Release], Mapping[str, str]] = lambda _: {},
) -> Plan:
    """Read and validate everything that a deploy depends on; nothing is written.

    Args:
        scene: Where to deploy.
        text: The version, `v2` or `v2@sha256:…`.
        known: Images by version.
        repository: Of an image that is given by digest.
        images: Where versions are looked up, and their images vouched for; None where images come from this machine.
        labels: Those of a release's image.

    Raises:
        PreconditionError: The version is unknown, the stack was never brought up, or a contracting migration has left
            the version behind.
        PolicyViolation: The version is older than the one that runs, and the ledger does not know it; or it has become
            another image; or nobody trusted vouches for its image.
        UnavailableError: The cluster or the registry does not answer.
    """
    release = resolve(text, stack=scene.stack, known=known, repository=repository, images=images)
    plan = survey(scene, release)
    if images is not None:
        refuse_moved(release, ledger.records(scene.cluster, scene.target.namespace))
        images.verify(release)
    return replace(plan, migration=migrate.class_of(release, labels(release)))


def survey(scene: Scene, release: Release) -> Plan:
    """Read what a deploy of a release depends on in the cluster and in the stack's state.

    Raises:
        PreconditionError: The stack was never brought up, or a contracting migration has left the version behind.
        PolicyViolation: The version is older than the one that runs, and the ledger does not know it.
        UnavailableError: The cluster does not answer.
    """
    snapshot = watch.read(scene.cluster, scene.target)
    current, overridden = running(scene)
    history = ledger.records(scene.cluster, scene.target.namespace)
    entry = left.read(scene)
    unfinished = entry.touching if entry else None
    gate.refuse_release(
        release.version,
        running=current.version if current else "",
        known={record.version for record in history},
        stack=scene.stack,
        say=scene.say,
    )
    if current != release:
        contract.refuse(history, release, stack=scene.stack)
    # What a killed run brought in may look healthy, but nobody has watched it to its end.
    proven = not (unfinished and unfinished.release == current)
    healthy = proven and healthy_now(snapshot, current, scene.target.container)
    return Plan(
        release=release,
        previous=_last_proven(unfinished, release) or _way_back(release, current, history, healthy=healthy),
        adopt=current if healthy and current and not _recorded(scene, current, history) else None,
        done=healthy and current == release and unfinished is None and not runs_as_recorded(scene),
        template=failure.template(snapshot.deployment),
        kept=overrides.kept(overridden, scene.now()),
        left=entry,
    )


def _recorded(scene: Scene, current: Release, history: list[Record]) -> bool:
    """Whether the ledger knows a release as it runs now: an update may have changed its settings since."""
    last = ledger.found(history, current) if current in ledger.good(history) else None
    return last is not None and scene.engine.rendered() in ("", last.rendered)


def _last_proven(unfinished: Entry | None, release: Release) -> Release | None:
    """What a killed deploy would have gone back to."""
    if unfinished is None or unfinished.action != "deploy" or unfinished.previous == release:
        return None
    return unfinished.previous


def _way_back(release: Release, current: Release | None, history: list[Record], *, healthy: bool) -> Release | None:
    other = current if current != release else None
    if other and not healthy and contract.past(history, other):
        other = None
    return other if healthy and other else ledger.last_good(history, other_than=release) or other
