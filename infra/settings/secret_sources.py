"""Where secrets come from that are not in the stack file."""

from __future__ import annotations

from pydantic import Field

from infra.settings.units import Section

OURS = "ours: instead of encrypted stack config"


class AwsSecrets(Section):
    """AWS Secrets Manager: one secret for each name of the inventory, called by the prefix and that name."""

    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", examples=["eu-central-1"], description=OURS)
    prefix: str = Field(pattern=r"^[A-Za-z0-9/_+=.@-]{1,200}/$", examples=["rez/production/"], description=OURS)


class SecretSources(Section):
    """Secrets that the stack file does not hold are read from here when the program runs."""

    aws: AwsSecrets | None = Field(default=None, description=OURS)
