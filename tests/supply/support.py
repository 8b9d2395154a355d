"""What the tests of attestations share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.supply.verifier import Untrusted

if TYPE_CHECKING:
    from infra.supply.verifier import GitHubBuild

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64


def refusal(build: GitHubBuild, bundle: bytes, *, version: str = "v1.2.3", digest: str = DIGEST) -> str:
    with pytest.raises(Untrusted) as caught:
        build.check(bundle, version=version, digest=digest)
    assert "\n" not in str(caught.value)
    return str(caught.value)
