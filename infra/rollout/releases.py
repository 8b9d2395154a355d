"""Which release is meant: by a version, or by the stack's own state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.errors import PreconditionError
from infra.manifests.release import Release
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.rollout.transition import Scene


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


def current_release(scene: Scene) -> Release | None:
    """The release that the stack's state names.

    Raises:
        PreconditionError: The stack has no state.
    """
    outputs = scene.engine.outputs()
    if not outputs:
        up = "rez local up" if scene.stack == LOCAL else f"rez pulumi up --stack {scene.stack}"
        message = f"stack {scene.stack}: has no state to deploy into; bring it up first: {up}"
        raise PreconditionError(message)
    return Release.of(outputs.get("release"))


def known_images(path: Path) -> dict[str, str]:
    """Images by version from a JSON file; none when there is no such file."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(version): str(image) for version, image in content.items()} if isinstance(content, dict) else {}
