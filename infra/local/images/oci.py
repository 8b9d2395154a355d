"""The OCI image layout: configuration, manifest, index, and the archive that holds them."""

from __future__ import annotations

import hashlib
import json
import platform
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.images.layer import Blob, Entry, add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MEDIA = "application/vnd.oci.image"
_EPOCH = "1970-01-01T00:00:00Z"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Image:
    """What one image is made of.

    Attributes:
        repository: Full name without tag, as `docker.io/rezapp/merchant-backend`.
        tag: The tag.
        layers: From the lowest to the topmost.
        config: The `config` object of the OCI image configuration: Env, Entrypoint, User …
    """

    repository: str
    tag: str
    layers: Sequence[Blob]
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Packed:
    """An image's JSON documents; everything about it but its layers."""

    image: Image
    config: bytes
    manifest: bytes

    @property
    def reference(self) -> str:
        """The image's name by digest, as pods name it."""
        return f"{self.image.repository}@sha256:{_sha256(self.manifest)}"

    @property
    def names(self) -> tuple[str, str]:
        """By tag and by digest: containerd finds a pod's image by its full name, and knows no other."""
        return f"{self.image.repository}:{self.image.tag}", self.reference


def pack(image: Image) -> Packed:
    """Render an image's configuration and manifest."""
    config = _json(
        {
            **_platform(),
            "created": _EPOCH,
            "config": dict(image.config),
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.sha256}" for layer in image.layers]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": f"{_MEDIA}.manifest.v1+json",
            "config": _descriptor(f"{_MEDIA}.config.v1+json", _sha256(config), len(config)),
            "layers": [_descriptor(f"{_MEDIA}.layer.v1.tar", layer.sha256, layer.size) for layer in image.layers],
        }
    )
    return Packed(image, config, manifest)


def index(images: Sequence[Packed]) -> bytes:
    """Render `index.json`: every image under each of its names."""
    manifests = [
        {
            **_descriptor(f"{_MEDIA}.manifest.v1+json", _sha256(packed.manifest), len(packed.manifest)),
            "platform": _platform(),
            "annotations": {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": packed.image.tag},
        }
        for packed in images
        for name in packed.names
    ]
    return _json({"schemaVersion": 2, "manifests": manifests})


def write_archive(images: Sequence[Packed], out: Path) -> None:
    """Write the archive that `ctr images import` reads; a blob that images share is in it once."""
    documents = [each for packed in images for each in (packed.config, packed.manifest)]
    blobs: dict[str, Path | bytes] = {_sha256(document): document for document in documents}
    blobs |= {layer.sha256: layer.path for packed in images for layer in packed.image.layers}
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, Entry("oci-layout", _json({"imageLayoutVersion": "1.0.0"})))
        add(archive, Entry("index.json", index(images)))
        for digest, source in sorted(blobs.items()):
            add(archive, Entry(f"blobs/sha256/{digest}", source))


def _platform() -> dict[str, str]:
    machine = platform.machine()
    return {"architecture": _ARCHITECTURES.get(machine, machine), "os": "linux"}


def _descriptor(media_type: str, sha256: str, size: int) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": f"sha256:{sha256}", "size": size}


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
