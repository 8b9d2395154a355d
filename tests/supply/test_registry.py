from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError, UnavailableError
from infra.supply.registry import Registry
from tests.supply import oci_registry
from tests.supply.oci_registry import INDEX, MANIFEST, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.supply.connection import Connection

    Connect = Callable[..., Connection]
    Served = oci_registry.Registry

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
IMAGE = "sha256:" + "a" * 64


@pytest.mark.parametrize("media_type", [INDEX, MANIFEST, DOCKER, DOCKER_LIST])
def test_a_tag_is_a_digest_whatever_kind_of_manifest_it_names(
    served: Served, connect: Connect, media_type: str
) -> None:
    digest = served.push({"mediaType": media_type}, tag="v1.2.3", media_type=media_type)
    assert Registry(connect()).digest("v1.2.3") == digest
    assert [method for method, _, _ in served.seen] == ["HEAD"]


def test_a_registry_that_does_not_tell_digests_has_its_manifest_read(served: Served, connect: Connect) -> None:
    digest = served.push({"schemaVersion": 2}, tag="v1.2.3")
    served.tells_digest = False
    assert Registry(connect()).digest("v1.2.3") == digest


def test_no_such_tag_is_none(connect: Connect) -> None:
    assert Registry(connect()).digest("v9") is None


@pytest.mark.parametrize("tag", ["", "../../v2", "v1/../x", "v1?x=1", "v 1", "-v1", "v" * 129, "v1#", "v1\n"])
def test_what_can_be_no_tag_is_never_sent(served: Served, connect: Connect, tag: str) -> None:
    with pytest.raises(PreconditionError, match="can be no tag"):
        Registry(connect()).digest(tag)
    assert served.seen == []


def test_a_digest_that_cannot_be_used_is_unavailable(served: Served, connect: Connect) -> None:
    served.faults = [(200, {"Docker-Content-Digest": "sha512:" + "a" * 128})]
    with pytest.raises(UnavailableError, match="no digest that can be used"):
        Registry(connect()).digest("v1")


def test_parts_are_read_by_their_digest(served: Served, connect: Connect) -> None:
    digest = served.push({"layers": []})
    served.blobs[digest_of(b"content")] = b"content"
    registry = Registry(connect())
    assert registry.manifest(digest) == {"layers": []}
    assert registry.blob(digest_of(b"content")) == b"content"


def test_a_part_that_is_not_what_its_digest_says_is_refused(served: Served, connect: Connect) -> None:
    served.blobs[IMAGE] = b"something else"
    served.manifests[IMAGE] = (MANIFEST, b"{}")
    with pytest.raises(UnavailableError, match=f"has the digest {digest_of(b'something else')}"):
        Registry(connect()).blob(IMAGE)
    with pytest.raises(UnavailableError, match=f"has the digest {digest_of(b'{}')}"):
        Registry(connect()).manifest(IMAGE)


@pytest.mark.parametrize("digest", ["", "sha512:1", "../token", "None"])
def test_a_part_without_a_digest_is_never_asked_for(served: Served, connect: Connect, digest: str) -> None:
    with pytest.raises(UnavailableError, match="no SHA-256 digest"):
        Registry(connect()).blob(digest)
    assert served.seen == []


def test_a_part_that_is_not_there_is_unavailable(connect: Connect) -> None:
    with pytest.raises(UnavailableError, match="does not have it"):
        Registry(connect()).blob(IMAGE)


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>"])
def test_a_manifest_that_is_no_object_is_unavailable(served: Served, connect: Connect, content: bytes) -> None:
    served.manifests[digest_of(content)] = (MANIFEST, content)
    with pytest.raises(UnavailableError, match="no JSON object"):
        Registry(connect()).manifest(digest_of(content))


@pytest.mark.parametrize("has_api", [True, False])
def test_what_is_attached_is_found_by_the_api_or_by_its_tag(served: Served, connect: Connect, *, has_api: bool) -> None:
    served.has_referrers = has_api
    served.attach(IMAGE, b"1")
    served.attach(IMAGE, b"2")
    assert list(Registry(connect()).referrers(IMAGE)) == served.attached[IMAGE]


@pytest.mark.parametrize("has_api", [True, False])
def test_nothing_attached_is_nothing(served: Served, connect: Connect, *, has_api: bool) -> None:
    served.has_referrers = has_api
    assert list(Registry(connect()).referrers(IMAGE)) == []


def test_all_pages_are_read(served: Served, connect: Connect) -> None:
    served.page = 2
    for number in range(5):
        served.attach(IMAGE, str(number).encode())
    assert list(Registry(connect()).referrers(IMAGE)) == served.attached[IMAGE]


def test_a_next_page_elsewhere_is_not_read(served: Served, connect: Connect) -> None:
    with oci_registry.Registry() as other:
        served.faults = [(200, {"Link": f'<http://{other.host}/v2/x>; rel="next"'})]
        assert list(Registry(connect()).referrers(IMAGE)) == []
        assert other.seen == []


def test_pages_without_end_are_left(served: Served, connect: Connect) -> None:
    served.page = 1
    for number in range(20):
        served.attach(IMAGE, str(number).encode())
    assert len(list(Registry(connect()).referrers(IMAGE))) == 10
