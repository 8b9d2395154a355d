from __future__ import annotations

import pytest

from infra.manifests.release import Release

IMAGE = f"docker.io/rezapp/merchant-backend@sha256:{'a' * 64}"


def test_a_release_is_read_as_it_is_printed() -> None:
    assert Release.parse(str(Release("v1.2.3", IMAGE))) == Release("v1.2.3", IMAGE)


@pytest.mark.parametrize("text", ["v1", f"={IMAGE}", "v1=rezapp/merchant-backend:v1", f"v 1={IMAGE}", f"v1={IMAGE}0"])
def test_what_is_no_version_and_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be VERSION=IMAGE@sha256:DIGEST"):
        Release.parse(text)


@pytest.mark.parametrize("output", [None, "v1", {}, {"version": "v1"}, {"version": "", "image": IMAGE}])
def test_an_output_without_a_release_names_none(output: object) -> None:
    assert Release.of(output) is None


def test_an_output_names_its_release() -> None:
    assert Release.of({"version": "v1", "image": IMAGE}) == Release("v1", IMAGE)
