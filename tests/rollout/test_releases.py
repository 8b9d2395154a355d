from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PolicyViolation, PreconditionError
from infra.manifests.release import Release
from infra.rollout.ledger import Record
from infra.rollout.releases import known_images, refuse_moved, resolve

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = "docker.io/rezapp/merchant-backend"
DIGEST = "sha256:" + "a" * 64
KNOWN = {"v2": f"{REPOSITORY}@{DIGEST}", "v9": "docker.io/rezapp/merchant-backend:v9"}


def test_a_known_version_is_its_image() -> None:
    found = resolve("v2", stack="local", known=KNOWN, repository=REPOSITORY)
    assert str(found) == f"v2={REPOSITORY}@{DIGEST}"


def test_a_digest_needs_nothing_to_be_known() -> None:
    assert resolve(f"v7@{DIGEST}", stack="production", known={}, repository=REPOSITORY) == Release(
        "v7", f"{REPOSITORY}@{DIGEST}"
    )


@pytest.mark.parametrize("text", ["v5", "v9", "", "-v1", "v 1", "v1@sha256:12", "v1@", "v1=x", "a" * 64])
def test_what_has_no_image_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(PreconditionError) as refusal:
        resolve(text, stack="local", known=KNOWN, repository=REPOSITORY)
    assert "\n" not in str(refusal.value)


def test_known_images_are_none_without_a_readable_file(tmp_path: Path) -> None:
    (tmp_path / "junk.json").write_text("[")
    assert known_images(tmp_path / "junk.json") == known_images(tmp_path / "absent.json") == {}


def recorded(version: str, letter: str) -> Record:
    return Record(version, f"{REPOSITORY}@sha256:{letter * 64}", "deployed", "", "2026-11-23T00:00:00Z", "me@here", "")


def test_the_last_record_of_a_version_is_what_it_is() -> None:
    history = [recorded("v2", "b"), recorded("v1", "c"), recorded("v2", "a"), recorded("v3", "d")]
    refuse_moved(Release("v2", f"{REPOSITORY}@{DIGEST}"), history)
    refuse_moved(Release("v4", f"{REPOSITORY}@{DIGEST}"), history)
    with pytest.raises(PolicyViolation, match=r"sha256:aaa.*sha256:bbb"):
        refuse_moved(Release("v2", f"{REPOSITORY}@sha256:{'b' * 64}"), history)
