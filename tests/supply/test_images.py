from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PolicyViolation, PreconditionError
from infra.manifests.release import Release
from infra.supply.images import Images
from infra.supply.registry import Registry
from tests.supply.oci_registry import BUNDLE, INDEX
from tests.supply.sigstore_instance import Claims, Sigstore, statement
from tests.supply.support import OTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.supply.connection import Connection
    from infra.supply.verifier import GitHubBuild
    from tests.supply import oci_registry

    Build = Callable[..., GitHubBuild]
    Connect = Callable[..., Connection]
    Served = oci_registry.Registry

BUILDER = "https://github.com/rezapp/merchant-backend/.github/workflows/release.yml@refs/tags/v1.2.3"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def images(connect: Connect, build: Build, said: list[str]) -> Images:
    return Images(Registry(connect()), build(), say=said.append)


@pytest.fixture
def release(served: Served) -> Release:
    """A release that is in the registry."""
    digest = served.push({"manifests": [{"platform": "amd64"}]}, tag="v1.2.3", media_type=INDEX)
    return Release("v1.2.3", f"{served.repository}@{digest}")


def attest(sigstore: Sigstore, release: Release, claims: Claims | None = None, *, about: str = "") -> bytes:
    return sigstore.bundle(statement(about or release.image.partition("@")[2]), claims or Claims())


def digest_of(release: Release) -> str:
    return release.image.partition("@")[2]


def test_a_version_is_the_digest_of_its_tag(images: Images, release: Release) -> None:
    assert images.digest("v1.2.3") == digest_of(release)


def test_a_version_without_a_tag_is_refused(images: Images, served: Served) -> None:
    with pytest.raises(PreconditionError, match=f"version 'v9': {served.repository} has no such tag"):
        images.digest("v9")


@pytest.mark.parametrize("has_referrers", [True, False])
def test_an_attested_image_may_run(  # noqa: PLR0913 - fixtures
    images: Images, served: Served, sigstore: Sigstore, release: Release, said: list[str], *, has_referrers: bool
) -> None:
    served.has_referrers = has_referrers
    served.attach(digest_of(release), attest(sigstore, release))
    images.verify(release)
    assert said == [f"v1.2.3: built by {BUILDER}"]


def test_one_good_attestation_among_others_is_enough(
    images: Images, served: Served, sigstore: Sigstore, release: Release
) -> None:
    served.attach(digest_of(release), b"<sbom/>", media_type="application/spdx+json")
    served.attach(digest_of(release), b"{}")
    served.attach(digest_of(release), attest(sigstore, release, Claims(ref="refs/heads/main")))
    served.attach(digest_of(release), attest(sigstore, release))
    images.verify(release)


def test_an_attestation_is_found_where_the_registry_lists_the_type_of_its_empty_config(
    images: Images, served: Served, sigstore: Sigstore, release: Release
) -> None:
    """Recorded from go-containerregistry 0.22.1, which does not know the field `artifactType` of a manifest."""
    empty = "application/vnd.oci.empty.v1+json"
    served.attach(digest_of(release), b"<sbom/>", media_type="application/spdx+json", listed_as=empty)
    served.attach(digest_of(release), attest(sigstore, release), listed_as=empty)
    images.verify(release)


def test_an_image_that_nobody_attested_is_refused(images: Images, served: Served, release: Release) -> None:
    served.attach(digest_of(release), b"<sbom/>", media_type="application/spdx+json")
    with pytest.raises(PolicyViolation) as caught:
        images.verify(release)
    assert caught.value.exit_code == 4
    assert str(caught.value).startswith(f"v1.2.3 ({release.image}): no attestation is attached to it")
    assert BUILDER in str(caught.value)


def test_an_image_that_others_attested_is_refused_with_each_reason_once(
    images: Images, served: Served, sigstore: Sigstore, release: Release
) -> None:
    served.attach(digest_of(release), attest(sigstore, release, about=OTHER))
    served.attach(digest_of(release), attest(sigstore, release, about=OTHER))
    served.attach(digest_of(release), attest(sigstore, release, Claims(source="https://github.com/mallory/x")))
    with pytest.raises(PolicyViolation) as caught:
        images.verify(release)
    first, *reasons = str(caught.value).splitlines()
    assert first == f"v1.2.3 ({release.image}): no attestation vouches for it as built by {BUILDER}:"
    assert len(reasons) == 2
    assert OTHER in reasons[0]
    assert "mallory/x" in reasons[1]


def test_the_attestation_of_an_older_version_lets_no_other_name_be_given_to_it(
    images: Images, served: Served, sigstore: Sigstore, release: Release
) -> None:
    served.attach(digest_of(release), attest(sigstore, release))
    with pytest.raises(PolicyViolation, match=r"refs/tags/v9\.9\.9"):
        images.verify(Release("v9.9.9", release.image))


def test_a_heap_of_attestations_is_not_read_to_its_end(images: Images, served: Served, release: Release) -> None:
    for number in range(30):
        served.attach(digest_of(release), str(number).encode())
    with pytest.raises(PolicyViolation):
        images.verify(release)
    assert sum("/blobs/" in path for _, path, _ in served.seen) == 20


def test_descriptors_that_make_no_sense_are_passed_over(
    images: Images, served: Served, sigstore: Sigstore, release: Release
) -> None:
    odd = served.push({"layers": {"digest": 1}}), served.push({"layers": ["x", {"mediaType": 1}, {"mediaType": "x"}]})
    served.attached[digest_of(release)] = [{"artifactType": BUNDLE, "digest": digest} for digest in odd]
    served.attached[digest_of(release)] += [{}, {"artifactType": 7}, "x"]  # type: ignore[list-item]
    served.attach(digest_of(release), attest(sigstore, release))
    images.verify(release)


def test_without_a_builder_in_the_settings_it_is_said_that_nobody_vouches(
    connect: Connect, served: Served, release: Release, said: list[str]
) -> None:
    Images(Registry(connect()), None, say=said.append).verify(release)
    assert said[0].startswith("provenance: not set")
    assert served.seen == []


@pytest.mark.parametrize("platforms", [0, 2])
def test_labels_are_those_of_the_image_or_of_one_of_its_platforms(
    images: Images, served: Served, platforms: int
) -> None:
    config = served.push({"config": {"Labels": {"dev.rez.migration": "expand"}}})
    served.blobs[config] = served.manifests[config][1]
    digest = served.push({"config": {"digest": config}})
    if platforms:
        attestation = {"digest": "sha256:" + "0" * 64, "platform": {"os": "unknown"}}
        listed = [attestation, {"digest": digest, "platform": {"os": "linux"}}]
        digest = served.push({"manifests": listed}, media_type=INDEX)
    assert images.labels(Release("v2", f"{served.repository}@{digest}")) == {"dev.rez.migration": "expand"}
