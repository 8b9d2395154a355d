"""Container images of the local system, packed without Docker into one archive that containerd imports."""

from __future__ import annotations

from infra.local.images.build import build
from infra.local.images.versions import PAUSE_IMAGE, REDIS_REPOSITORY, VERSIONS

__all__ = ["PAUSE_IMAGE", "REDIS_REPOSITORY", "VERSIONS", "build"]
