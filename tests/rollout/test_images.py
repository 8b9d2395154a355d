"""A deploy of images that come from a registry: looked up, held to what they were, and vouched for."""

from __future__ import annotations

from typing import Any

import pytest

from infra.errors import PolicyViolation, PreconditionError, UnavailableError
from infra.manifests.names import REPOSITORY
from infra.manifests.release import Release
from infra.rollout import deploy, ledger

V3 = "sha256:" + "3" * 64
MOVED = "sha256:" + "f" * 64


class FakeImages:
    """A registry in memory; what nobody vouches for is in `refused`."""

    def __init__(self) -> None:
        self.tags: dict[str, str] = {"v3": V3}
        self.refused: set[str] = set()
        self.asked: list[str] = []
        self.verified: list[Release] = []

    def digest(self, version: str) -> str:
        self.asked.append(version)
        if version not in self.tags:
            raise PreconditionError(f"version {version!r}: no such tag")
        return self.tags[version]

    def verify(self, release: Release) -> None:
        self.verified.append(release)
        if release.version in self.refused:
            raise PolicyViolation(f"{release.version}: no attestation")


@pytest.fixture
def images() -> FakeImages:
    return FakeImages()


def plan(stage: Any, images: FakeImages, text: str = "v3") -> deploy.Plan:
    return deploy.preflight(stage.scene(), text, known={}, repository=REPOSITORY, images=images)


def test_a_version_alone_is_looked_up_and_its_digest_is_recorded(stage: Any, images: FakeImages) -> None:
    report = deploy.deploy(stage.scene(), plan(stage, images))
    assert report.outcome == "deployed"
    last = ledger.records(stage.cluster, "production")[-1]
    assert (last.version, last.image) == ("v3", f"{REPOSITORY}@{V3}")
    assert images.verified == [Release("v3", f"{REPOSITORY}@{V3}")]


def test_a_digest_that_is_given_is_not_looked_up_and_still_vouched_for(stage: Any, images: FakeImages) -> None:
    assert plan(stage, images, f"v3@{MOVED}").release.image == f"{REPOSITORY}@{MOVED}"
    assert images.asked == []
    assert len(images.verified) == 1


@pytest.mark.parametrize("text", ["v3", f"v3@{MOVED}"])
def test_a_version_that_has_become_another_image_is_refused_with_both_digests(
    stage: Any, images: FakeImages, text: str
) -> None:
    deploy.deploy(stage.scene(), plan(stage, images))
    images.tags["v3"] = MOVED
    images.verified.clear()
    with pytest.raises(PolicyViolation) as caught:
        plan(stage, images, text)
    assert V3 in str(caught.value)
    assert MOVED in str(caught.value)
    assert "by me@here" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert images.verified == []


def test_a_version_that_stayed_what_it_was_may_run_again(stage: Any, images: FakeImages) -> None:
    deploy.deploy(stage.scene(), plan(stage, images))
    assert plan(stage, images).done


def test_an_image_that_nobody_vouches_for_is_refused_before_anything_is_touched(stage: Any, images: FakeImages) -> None:
    images.refused = {"v3"}
    with pytest.raises(PolicyViolation, match="no attestation"):
        plan(stage, images)
    assert stage.engine.ups == []
    assert ledger.records(stage.cluster, "production") == []


def test_a_version_that_the_registry_does_not_have_is_refused(stage: Any, images: FakeImages) -> None:
    with pytest.raises(PreconditionError, match="no such tag"):
        plan(stage, images, "v9")


def test_a_registry_that_is_away_is_no_verdict(stage: Any, images: FakeImages, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Release) -> None:
        raise UnavailableError("image repository: HTTP 503")

    monkeypatch.setattr(images, "verify", away)
    with pytest.raises(UnavailableError):
        plan(stage, images)
    assert stage.engine.ups == []


def test_a_tag_that_is_no_version_is_refused(stage: Any, images: FakeImages) -> None:
    images.tags["v3-"] = V3
    with pytest.raises(PreconditionError, match="a version is 1 to 63"):
        plan(stage, images, "v3-")
