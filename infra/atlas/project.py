"""The Atlas project: one for each stack, so that nothing in it is anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.atlas import Atlas


def project(atlas: Atlas) -> Properties:
    """The project, without Atlas's own alerts: ours take their place."""
    return {"orgId": atlas.org_id, "name": atlas.project, "withDefaultAlertsSettings": False}
