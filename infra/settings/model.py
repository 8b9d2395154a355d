"""The settings of one stack, section by section."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from infra.settings.alerts import Alerts
from infra.settings.api import Api
from infra.settings.canary import Bake, Canary
from infra.settings.contacts import Contacts
from infra.settings.data import Database, Storage
from infra.settings.exemptions import Exemptions
from infra.settings.maintenance import Maintenance
from infra.settings.notifications import Notifications
from infra.settings.platform import Cluster, Network
from infra.settings.provenance import Provenance
from infra.settings.redis import Redis
from infra.settings.secret_sources import SecretSources
from infra.settings.service import Service, Technology
from infra.settings.telemetry import Telemetry
from infra.settings.units import Section

LOCAL: Final = "local"
"""The stack on one machine: dummy credentials, nothing protected. Every other stack is held to production's rules."""

NAMESPACE: Final = "production"
"""The runbook's namespace, on every stack."""


class Settings(Section):
    """Everything a stack is made from, secrets aside."""

    stack: str
    service: Service
    technology: Technology
    api: Api
    canary: Canary
    bake: Bake
    storage: Storage
    database: Database
    redis: Redis
    alerts: Alerts
    maintenance: Maintenance
    contacts: Contacts
    network: Network
    cluster: Cluster = Field(default=Cluster())
    secret_sources: SecretSources = Field(default=SecretSources())
    provenance: Provenance = Field(default=Provenance())
    telemetry: Telemetry = Field(default=Telemetry())
    notifications: Notifications = Field(default=Notifications())
    exemptions: Exemptions = Field(
        default=(), description="ours: rules of the policy pack that are set aside for a while"
    )

    @property
    def is_local(self) -> bool:
        """Whether this is the stack on one machine, which may be destroyed whole."""
        return self.stack == LOCAL
