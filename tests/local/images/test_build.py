"""Building: every version in one archive, the second time from the cache."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.images import REDIS_REPOSITORY, VERSIONS, build, dependencies, runtime
from infra.local.images.archive import labels
from infra.local.images.build import app_config, app_sources
from infra.manifests.migration import LABEL
from infra.manifests.release import Release

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pause program, with a stand-in for Node.js and for the npm dependencies."""
    npm = tmp_path / "npm"
    (npm / "bin").mkdir(parents=True)
    (npm / "bin" / "npm-cli.js").write_text("#!/usr/bin/env node")
    modules = tmp_path / "node_modules"
    (modules / "express").mkdir(parents=True)
    (modules / "express" / "index.js").write_text("module.exports = {}")

    def find_node() -> runtime.Node:
        return runtime.Node("24.0.0", Path("/bin/true"), npm)

    def install(_app: Path, _node: runtime.Node, _say: Callable[[str], None]) -> Path:
        return modules

    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runtime, "find_node", find_node)
    monkeypatch.setattr(dependencies, "install", install)
    program = tmp_path / "pause"
    program.write_bytes(b"\x7fELF")
    return program


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as opened:
        member = opened.extractfile("index.json")
        assert member is not None
        manifests: list[dict[str, Any]] = json.load(member)["manifests"]
    return [each["annotations"]["io.containerd.image.name"] for each in manifests]


def test_one_archive_holds_every_version_and_the_pause_image(pause: Path, tmp_path: Path) -> None:
    references = build(pause, tmp_path / "out" / "images.tar", print)
    found = names(tmp_path / "out" / "images.tar")
    assert list(references) == [*VERSIONS, REDIS_REPOSITORY]
    assert len(set(references.values())) == len(references)
    assert set(references.values()) < set(found)
    assert "docker.io/rezapp/pause:1" in found


def test_the_archive_tells_what_an_image_says_of_its_migration(pause: Path, tmp_path: Path) -> None:
    packed = tmp_path / "images.tar"
    references = build(pause, packed, print)
    told = [labels(packed, Release(tag, references[tag])).get(LABEL) for tag in ("v2", "v4", "v5")]
    assert told == [None, "expand", "contract"]
    assert labels(tmp_path / "none.tar", Release("v5", references["v5"])) == {}


def test_the_second_build_comes_from_the_cache(pause: Path, tmp_path: Path) -> None:
    said: list[str] = []
    first = build(pause, tmp_path / "images.tar", said.append)
    lines = len(said)
    assert build(pause, tmp_path / "images.tar", said.append) == first
    assert lines == len(said) == 1


def test_a_new_build_gives_the_same_digests_and_leaves_no_older_archive(pause: Path, tmp_path: Path) -> None:
    first = build(pause, tmp_path / "images.tar", print)
    pause.write_bytes(b"\x7fELF2")
    assert build(pause, tmp_path / "images.tar", print) == first
    assert len(list((tmp_path / "cache" / "images").glob("*.tar"))) == 1


def test_a_version_is_told_to_the_app_by_environment_and_runs_as_nobody_special() -> None:
    config = app_config("v3-slow", "slow")
    assert {"VERSION=v3-slow", "FAULT=slow"} <= set(config["Env"])
    assert config["User"] == "1000:1000"


def test_tests_and_lock_files_stay_out_of_the_image() -> None:
    shipped = {file.name for file in app_sources()}
    assert {"server.js", "migrate.js", "package.json"} <= shipped
    assert "package-lock.json" not in shipped
    assert not any(name.endswith(".test.js") for name in shipped)
