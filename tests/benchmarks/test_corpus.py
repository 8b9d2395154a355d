from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from benchmarks.policies import corpus

if TYPE_CHECKING:
    from pathlib import Path

APPLICATIONS = 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("corpus") / "manifests"
    assert corpus.write(written, APPLICATIONS) == 850
    return written


def objects(folder: Path) -> list[dict]:
    return [each for file in folder.iterdir() for each in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader)]


def test_every_object_has_a_name_of_its_own(folder: Path) -> None:
    names = [(each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]) for each in objects(folder)]
    assert len(names) == len(set(names)) == 850


def test_is_the_same_in_every_run_and_a_part_of_every_larger_one(folder: Path, tmp_path: Path) -> None:
    corpus.write(tmp_path / "again", APPLICATIONS + 1)
    for file in folder.iterdir():
        assert (tmp_path / "again" / file.name).read_text() == file.read_text()


def test_is_written_in_blocks_without_anchors(folder: Path) -> None:
    for file in folder.iterdir():
        text = file.read_text()
        assert "&id" not in text
        assert "{" not in text.replace("{}", "")


def test_holds_good_pods_and_bad_ones(folder: Path) -> None:
    deployments = [each for each in objects(folder) if each["kind"] == "Deployment"]
    pinned = [
        all("@sha256:" in container["image"] for container in each["spec"]["template"]["spec"]["containers"])
        for each in deployments
    ]
    assert 0.5 < sum(pinned) / len(pinned) < 0.9
