"""What the service is called and where people reach it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.units import Section

UrlPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_-]*$", max_length=100, examples=["/health"])]


class Tls(Section):
    """Where TLS ends: at the cluster's own load balancer, or at something in front of it."""

    certificate: str | None = Field(
        default=None,
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}$",
        examples=["arn:aws:acm:REGION:ACCOUNT:certificate/ID"],
        description="ours: the load balancer's certificate (AWS ACM); with it port 443 alone is served",
    )
    terminated: Literal["upstream"] | None = Field(
        default=None,
        description="ours: a CDN, ingress or load balancer with a certificate of its own passes requests on to port 80",
    )


class Service(Section):
    """The service as its users see it."""

    name: str = Field(min_length=1, max_length=80, description="runbook, Service Information")
    url: str = Field(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$",
        examples=["https://api.rezapp.com"],
        description="runbook, Service Information",
    )
    health_path: UrlPath = Field(description="runbook, Service Information: Health Endpoint")
    liveness_path: UrlPath = Field(
        description="ours: answers without MongoDB or Redis, whose outage must not kill every pod",
    )
    tls: Tls = Field(default=Tls())


class Technology(Section):
    """The runtimes whose end of life matters."""

    node_major: int = Field(ge=18, le=30, description="runbook, Technology Stack: Node.js 18")
    redis_major: int = Field(ge=7, le=8, description="runbook, Technology Stack: Redis 7")
