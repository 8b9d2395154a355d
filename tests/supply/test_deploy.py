"""A deploy's preflight against a real registry and real signatures: every part of the way at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PolicyViolation, UnavailableError
from infra.manifests.release import Release
from infra.rollout import deploy
from infra.rollout.phases.record import record
from infra.supply.images import Images
from infra.supply.registry import Registry
from tests.rollout.conftest import Stage
from tests.supply.oci_registry import INDEX
from tests.supply.sigstore_instance import REPOSITORY, WORKFLOW, Claims, Sigstore, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.supply.connection import Connection
    from infra.supply.verifier import GitHubBuild
    from tests.supply import oci_registry

CLAIMS = Claims(workflow=f"https://github.com/{REPOSITORY}/{WORKFLOW}@refs/tags/v3", ref="refs/tags/v3")


class Way:
    """The app's release on one side, a stack where v2 runs on the other."""

    def __init__(self, served: oci_registry.Registry, images: Images, sigstore: Sigstore) -> None:
        self.served, self.images, self.sigstore = served, images, sigstore
        self.stage = Stage()

    def release(self, layer: str, *, attested: bool = True) -> str:
        digest = self.served.push({"layers": [layer]}, tag="v3", media_type=INDEX)
        if attested:
            self.served.attach(digest, self.sigstore.bundle(statement(digest), CLAIMS))
        return digest

    def plan(self) -> deploy.Plan:
        return deploy.preflight(
            self.stage.scene(), "v3", known={}, repository=self.served.repository, images=self.images
        )


@pytest.fixture
def way(
    served: oci_registry.Registry,
    connect: Callable[..., Connection],
    build: Callable[..., GitHubBuild],
    sigstore: Sigstore,
) -> Way:
    return Way(served, Images(Registry(connect()), build(), say=lambda _: None), sigstore)


def test_what_the_app_released_is_what_is_planned(way: Way) -> None:
    digest = way.release("one")
    assert way.plan().release == Release("v3", f"{way.served.repository}@{digest}")


def test_a_tag_that_moved_is_refused_though_both_images_are_attested(way: Way) -> None:
    first = way.release("one")
    scene = way.stage.scene()
    record(scene, way.plan().release, "deployed", "it serves", started=scene.now())
    second = way.release("two")
    with pytest.raises(PolicyViolation, match=f"{first}.*{second}"):
        way.plan()


def test_an_image_that_was_pushed_past_the_workflow_is_refused(way: Way) -> None:
    way.release("theirs", attested=False)
    with pytest.raises(PolicyViolation, match="no attestation is attached"):
        way.plan()


def test_an_attestation_of_another_image_does_not_help_it(way: Way) -> None:
    ours = way.release("ours")
    theirs = way.release("theirs", attested=False)
    way.served.attach(theirs, way.sigstore.bundle(statement(ours), CLAIMS))
    with pytest.raises(PolicyViolation, match=f"it is about {ours}"):
        way.plan()


def test_a_registry_that_is_away_decides_nothing(way: Way) -> None:
    way.release("one")
    way.served.faults = [(503, {})] * 9
    with pytest.raises(UnavailableError, match="safe to repeat"):
        way.plan()
    assert way.stage.engine.ups == []
