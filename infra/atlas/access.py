"""The project's access list: from where its clusters can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.atlas import Atlas


def access_list(atlas: Atlas) -> list[Properties]:
    """One entry for each address range."""
    return [{"cidrBlock": cidr, "comment": "the API's cluster"} for cidr in atlas.access_cidrs]
