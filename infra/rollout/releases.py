"""What a version stands for: an image by digest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_VERSION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_IMAGE = re.compile(rf"[^\s=@]+@{_DIGEST.pattern}")


@dataclass(frozen=True)
class Release:
    """A version and the image that it is, pinned by digest."""

    version: str
    image: str

    def __str__(self) -> str:
        """The form that the Pulumi program takes: `VERSION=IMAGE@sha256:…`."""
        return f"{self.version}={self.image}"

    @classmethod
    def of(cls, output: object) -> Self | None:
        """The release of a stack's output `release` or of a ledger record; None when it names none."""
        if not isinstance(output, dict):
            return None
        version, image = output.get("version"), output.get("image")
        return (
            cls(version, image) if isinstance(version, str) and isinstance(image, str) and version and image else None
        )


def resolve(text: str, *, stack: str, known: Mapping[str, str], repository: str) -> Release:
    """Find the image of a version.

    Args:
        text: `v2`, or `v2@sha256:…`, which needs nothing to be known.
        stack: Named in the refusal.
        known: Images by version.
        repository: Of an image given by digest, such as `docker.io/rezapp/merchant-backend`.

    Raises:
        PreconditionError: The version is malformed or unknown.
    """
    version, at, digest = text.partition("@")
    if not _VERSION.fullmatch(version):
        message = f"version {version!r}: must be 1 to 63 letters, digits, '.', '_' or '-', such as v2 or v2@sha256:…"
        raise PreconditionError(message)
    if at:
        if not _DIGEST.fullmatch(digest):
            message = f"version {version}: digest {digest!r} must be sha256: and 64 hexadecimal digits"
            raise PreconditionError(message)
        return Release(version, f"{repository}@{digest}")
    image = known.get(version, "")
    if not _IMAGE.fullmatch(image):
        names = f"known are {', '.join(sorted(known))}" if known else "no versions are known by name"
        remedy = f"give its digest: {version}@sha256:…"
        raise PreconditionError(f"version {version}: no image is known for it on stack {stack} ({names}); {remedy}")
    return Release(version, image)


def known_images(path: Path) -> dict[str, str]:
    """Images by version from a JSON file; none when there is no such file."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(version): str(image) for version, image in content.items()} if isinstance(content, dict) else {}
