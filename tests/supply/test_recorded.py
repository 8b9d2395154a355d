"""The real thing, under the keys that Sigstore's library brings: no network, and nothing of ours in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sigstore.verify import Verifier as Keys

from infra.supply.verifier import GitHubBuild
from tests.supply.sigstore_instance import WORKFLOW
from tests.supply.support import OTHER, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

BUNDLE = (Path(__file__).parent / "fixtures" / "provenance.sigstore.json").read_bytes()
"""What GitHub's own action signed for a release of another project, by Sigstore's public instance."""

VERSION = "v0.0.19"
DIGEST = "sha256:9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"
BUILDER = {"repository": "trailofbits/pypi-attestations", "workflow": WORKFLOW}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON value, the root apart."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places(child, (*path, key))


def holder(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


def without(path: tuple[Any, ...]) -> bytes:
    value = json.loads(BUNDLE)
    del holder(value, path)[path[-1]]
    return json.dumps(value).encode()


def spoilt(path: tuple[Any, ...]) -> bytes:
    """The bundle with one letter of a text replaced, in its signed part if only a part is signed."""
    value = json.loads(BUNDLE)
    text = holder(value, path)[path[-1]]
    place = len(text) // 4
    letter = "7" if text[place] != "7" else "8"
    holder(value, path)[path[-1]] = text[:place] + letter + text[place + 1 :]
    return json.dumps(value).encode()


PLACES = list(places(json.loads(BUNDLE)))
TEXTS = [path for path in PLACES if isinstance(holder(json.loads(BUNDLE), path)[path[-1]], str)]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp("home")))
        return Keys.production(offline=True)


@pytest.fixture
def build(keys: Keys) -> GitHubBuild:
    return GitHubBuild(**BUILDER, keys=lambda: keys)


def test_it_is_trusted(build: GitHubBuild) -> None:
    build.check(BUNDLE, version=VERSION, digest=DIGEST)


@pytest.mark.parametrize(("version", "digest"), [(VERSION, OTHER), ("v0.0.18", DIGEST), ("", DIGEST), (VERSION, "")])
def test_it_vouches_for_no_other_version_and_no_other_artifact(build: GitHubBuild, version: str, digest: str) -> None:
    refusal(build, BUNDLE, version=version, digest=digest)


@pytest.mark.parametrize("other", [{"repository": "trailofbits/other"}, {"workflow": ".github/workflows/tests.yml"}])
def test_it_vouches_for_no_other_builder(keys: Keys, other: dict[str, str]) -> None:
    refusal(GitHubBuild(**{**BUILDER, **other}, keys=lambda: keys), BUNDLE, version=VERSION, digest=DIGEST)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_nothing_can_be_left_out(build: GitHubBuild, path: tuple[Any, ...]) -> None:
    refusal(build, without(path), version=VERSION, digest=DIGEST)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: ".".join(map(str, path)))
def test_nothing_can_be_changed(build: GitHubBuild, path: tuple[Any, ...]) -> None:
    refusal(build, spoilt(path), version=VERSION, digest=DIGEST)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_part_of_it_is_nothing(build: GitHubBuild, share: float) -> None:
    refusal(build, BUNDLE[: int(len(BUNDLE) * share)], version=VERSION, digest=DIGEST)
