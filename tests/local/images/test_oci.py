"""The archive is what containerd reads: an OCI layout with every name and each blob once."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.images.layer import Entry, write_layer
from infra.local.images.oci import Image, Packed, index, pack, write_archive

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = "docker.io/rezapp/merchant-backend"


@pytest.fixture
def two(tmp_path: Path) -> list[Packed]:
    layer = write_layer([Entry("app/server.js", b"listen()")], tmp_path / "layer")
    return [pack(Image(REPOSITORY, tag, [layer], {"Env": [f"VERSION={tag}"]})) for tag in ("v1", "v2")]


def read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None
    return member.read()


def test_each_image_has_its_name_by_tag_and_by_digest(two: list[Packed]) -> None:
    manifests: list[dict[str, Any]] = json.loads(index(two))["manifests"]
    names = [each["annotations"]["io.containerd.image.name"] for each in manifests]
    assert names[:2] == [f"{REPOSITORY}:v1", f"{REPOSITORY}@{manifests[0]['digest']}"]
    assert names[2:] == [f"{REPOSITORY}:v2", f"{REPOSITORY}@{manifests[2]['digest']}"]


def test_versions_differ_in_digest_and_share_their_layer(two: list[Packed], tmp_path: Path) -> None:
    write_archive(two, tmp_path / "archive")
    with tarfile.open(tmp_path / "archive") as archive:
        blobs = [name for name in archive.getnames() if name.startswith("blobs/")]
    assert two[0].reference != two[1].reference
    assert len(blobs) == len(set(blobs)) == 5  # one layer, two configurations, two manifests


def test_every_blob_is_named_by_its_content(two: list[Packed], tmp_path: Path) -> None:
    write_archive(two, tmp_path / "archive")
    with tarfile.open(tmp_path / "archive") as archive:
        for name in archive.getnames():
            if name.startswith("blobs/"):
                assert hashlib.sha256(read(archive, name)).hexdigest() == name.rpartition("/")[2]


def test_every_descriptor_leads_to_a_blob_of_its_size(two: list[Packed], tmp_path: Path) -> None:
    write_archive(two, tmp_path / "archive")
    with tarfile.open(tmp_path / "archive") as archive:
        manifests = json.loads(read(archive, "index.json"))["manifests"]
        for descriptor in manifests:
            manifest = json.loads(read(archive, f"blobs/sha256/{descriptor['digest'].removeprefix('sha256:')}"))
            for each in [descriptor, manifest["config"], *manifest["layers"]]:
                assert len(read(archive, f"blobs/sha256/{each['digest'].removeprefix('sha256:')}")) == each["size"]


def test_the_layers_are_uncompressed_so_their_digest_is_the_diff_id(two: list[Packed]) -> None:
    config, manifest = json.loads(two[0].config), json.loads(two[0].manifest)
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]
    assert manifest["layers"][0]["mediaType"].endswith("layer.v1.tar")
