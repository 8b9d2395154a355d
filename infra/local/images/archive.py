"""What an archive of images says of one of them."""

from __future__ import annotations

import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.manifests.release import Release


def labels(archive: Path, release: Release) -> Mapping[str, str]:
    """The labels of a release's image; none where there is no archive, because no container runs.

    Args:
        archive: As `build` packs it.
        release: One of its images.
    """
    if not archive.exists():
        return {}
    with tarfile.open(archive) as opened:
        manifest = _document(opened, release.image.partition("@")[2])
        config = _document(opened, manifest["config"]["digest"])
    found: Mapping[str, str] = config["config"].get("Labels", {})
    return found


def _document(archive: tarfile.TarFile, digest: str) -> Any:
    blob = archive.extractfile(f"blobs/{digest.replace(':', '/')}")
    if blob is None:
        raise KeyError(digest)
    return json.load(blob)
