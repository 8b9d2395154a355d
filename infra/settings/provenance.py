"""Who must have built the API's image."""

from __future__ import annotations

from pydantic import Field

from infra.settings.units import Section

OURS = "ours: an image without an attestation of this workflow is not deployed"


class Provenance(Section):
    """One workflow of one GitHub repository, both or neither."""

    repository: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", examples=["OWNER/NAME"], description=OURS
    )
    workflow: str | None = Field(
        default=None,
        pattern=r"^\.github/workflows/[A-Za-z0-9._-]{1,100}\.ya?ml$",
        examples=[".github/workflows/release.yml"],
        description=OURS,
    )
