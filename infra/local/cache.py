"""Which Redis the local stack runs."""

from __future__ import annotations

from typing import Final

from infra.local import paths

IMAGE: Final = "REZ_REDIS_IMAGE"
"""Tells the program the image; its name is repeated there, because programs import nothing of here."""


def environment() -> dict[str, str]:
    """The environment variable with the image that this machine packed; nothing where it packed none."""
    try:
        return {IMAGE: paths.redis_image().read_text().strip()}
    except FileNotFoundError:
        return {}
