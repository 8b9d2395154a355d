"""How small the local Atlas's tiers are."""

from __future__ import annotations

from typing import Final

from infra.settings.data import CONNECTION_LIMIT

_SMALLER: Final = 5
_OTHER_TIERS: Final = 1500
"""Connections of a tier that is not for production, as an M10 has."""


def connection_limit(tier: str) -> int:
    """Connections that a cluster takes here: a fifth of its tier's, so that one machine can use them up."""
    return CONNECTION_LIMIT.get(tier, _OTHER_TIERS) // _SMALLER
