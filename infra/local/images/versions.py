"""Which images there are: tags, and what each tag does wrong."""

from __future__ import annotations

from typing import Final

PAUSE_IMAGE: Final = "docker.io/rezapp/pause:1"

REDIS_REPOSITORY: Final = "docker.io/rezapp/redis"
"""The cache's image, packed from Debian's Redis 7."""

VERSIONS: Final[dict[str, str]] = {
    "v1": "",
    "v2": "",
    "v3-crash": "crash",
    "v3-errors": "errors",
    "v3-slow": "slow",
    "v3-leak": "leak",
    "v3-never-ready": "never-ready",
    "v3-missing-key": "missing-key",
    "v4": "",
    "v4-bad-migration": "migration",
    "v5": "",
}
"""The sample app's tags, each with its fault as `infra/local/app/faults.js` names it; "" is a good release."""

MIGRATIONS: Final[dict[str, str]] = {"v4": "expand", "v4-bad-migration": "expand", "v5": "contract"}
"""What a tag does to the database's schema, as its image's label says it; nothing where it is not named."""
