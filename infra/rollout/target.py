"""What a rollout is about: the names under which the API runs, and the part of the program that a deploy may touch."""

from __future__ import annotations

from dataclasses import dataclass

API_COMPONENT = "**rez:api:Api**"
"""The engine's target pattern: everything below the API component, resources to come included."""

REPOSITORY = "docker.io/rezapp/merchant-backend"


@dataclass(frozen=True)
class Target:
    """The Deployment that is rolled out and what belongs to it."""

    namespace: str = "production"
    deployment: str = "merchant-backend"
    container: str = "api"
    selector: str = "app=merchant-backend,track=stable"
    service: str = "merchant-backend-service"
    hpa: str = "merchant-backend-hpa"
