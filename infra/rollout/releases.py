"""Which release is meant: by a version, or by the stack's own state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from infra.errors import PolicyViolation, PreconditionError
from infra.manifests.overrides import Overrides
from infra.manifests.release import Release
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from infra.rollout.ledger import Record
    from infra.rollout.scene import Scene


class Images(Protocol):
    """The part of `infra.supply.images.Images` that a deploy needs."""

    def digest(self, version: str) -> str:
        """The digest of a version's image."""

    def verify(self, release: Release) -> None:
        """Refuse an image that nobody trusted vouches for."""


def resolve(
    text: str, *, stack: str, known: Mapping[str, str], repository: str, images: Images | None = None
) -> Release:
    """Find the image of a version.

    Args:
        text: `v2`, or `v2@sha256:…`, which needs nothing to be known.
        stack: Named in the refusal.
        known: Images by version.
        repository: Of an image given by digest, such as `docker.io/rezapp/merchant-backend`.
        images: Asked for the digest of a version that is not known; None where there is nobody to ask.

    Raises:
        PreconditionError: The version is malformed or unknown.
        UnavailableError: Who was asked does not answer.
    """
    version, at, digest = text.partition("@")
    if not at and version not in known and images is not None:
        at, digest = "@", images.digest(version)
    image = f"{repository}@{digest}" if at else known.get(version)
    if image is None:
        names = f"known are {', '.join(sorted(known))}" if known else "no versions are known by name"
        remedy = "give its digest: VERSION@sha256:…"
        raise PreconditionError(f"version {version!r}: no image is known for it on stack {stack} ({names}); {remedy}")
    try:
        return Release.parse(f"{version}={image}")
    except ValueError as error:
        form = "a version is 1 to 63 letters, digits, '.', '_' or '-', a digest sha256: and 64 hexadecimal digits"
        raise PreconditionError(f"version {text!r}: {error}; {form}") from None


def refuse_moved(release: Release, history: Sequence[Record]) -> None:
    """Refuse a version that was another image before: going back to it could mean either.

    Raises:
        PolicyViolation: The ledger has the version with another image.
    """
    last = next((record for record in reversed(history) if record.version == release.version), None)
    if last is not None and last.image != release.image:
        raise PolicyViolation(
            f"version {release.version}: was {last.image} ({last.outcome} {last.finished} by {last.by}), and now is "
            f"{release.image}; a version stays one image: release this one under a new version"
        )


def current_release(scene: Scene) -> Release | None:
    """The release that the stack's state names.

    Raises:
        PreconditionError: The stack has no state.
    """
    return running(scene)[0]


def running(scene: Scene) -> tuple[Release | None, Overrides]:
    """The release that the stack's state names, and how it is overridden, over or not.

    Raises:
        PreconditionError: The stack has no state.
    """
    outputs = scene.engine.outputs()
    if not outputs:
        up = "rez local up" if scene.stack == LOCAL else f"rez pulumi up --stack {scene.stack}"
        message = f"stack {scene.stack}: has no state to deploy into; bring it up first: {up}"
        raise PreconditionError(message)
    return Release.of(outputs.get("release")), Overrides.of(outputs.get("overrides"))


def runs_as_recorded(scene: Scene) -> bool:
    """Whether the release runs as its record says, since a rollback, and not as the settings say."""
    return bool(scene.engine.outputs().get("record"))


def known_images(path: Path) -> dict[str, str]:
    """Images by version from a JSON file; none when there is no such file."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(version): str(image) for version, image in content.items()} if isinstance(content, dict) else {}
