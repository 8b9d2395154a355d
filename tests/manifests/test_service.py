from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.service import service

if TYPE_CHECKING:
    from infra.settings import Settings

CERTIFICATE = "arn:aws:acm:ap-south-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"


def test_it_sends_traffic_to_every_track(settings: Settings) -> None:
    spec = service(settings)["spec"]
    assert spec["selector"] == {"app": "merchant-backend"}
    assert spec["type"] == "LoadBalancer"
    assert spec["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]


def test_a_certificate_opens_the_tls_port(settings: Settings) -> None:
    with_tls = settings.model_copy(
        update={"service": settings.service.model_copy(update={"tls_certificate": CERTIFICATE})}
    )
    manifest = service(with_tls)
    assert [port["port"] for port in manifest["spec"]["ports"]] == [80, 443]
    assert CERTIFICATE in manifest["metadata"]["annotations"].values()
