"""What a rollout is about: the names under which the API runs, and the part of the program that a deploy may touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.manifests import names
from infra.settings.model import NAMESPACE

API_COMPONENT = "**rez:api:Api**"
"""The engine's target pattern: everything below the API component, resources to come included."""

SECRETS: Final = "**rez:api:Api$kubernetes:core/v1:Secret::**"
"""The same of the Secrets alone that its pods read."""

AUTOSCALER: Final = f"**kubernetes:autoscaling/v2:HorizontalPodAutoscaler::{names.AUTOSCALER}"
"""The same of the autoscaler alone: other bounds make no new pods, whatever else waits to be applied."""


@dataclass(frozen=True)
class Target:
    """The Deployment that is rolled out and what belongs to it."""

    namespace: str = NAMESPACE
    deployment: str = names.APP
    container: str = names.CONTAINER
    selector: str = ",".join(f"{key}={value}" for key, value in names.STABLE.items())
    service: str = names.SERVICE
    hpa: str = names.AUTOSCALER
    job: str = ""
    """A Job to be watched as well."""
