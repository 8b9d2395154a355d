from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.service import service
from infra.settings.service import Tls

if TYPE_CHECKING:
    from infra.settings import Settings

CERTIFICATE = "arn:aws:acm:ap-south-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"


def test_it_sends_traffic_to_every_track(settings: Settings) -> None:
    spec = service(settings)["spec"]
    assert spec["selector"] == {"app": "merchant-backend"}
    assert spec["type"] == "LoadBalancer"
    assert spec["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]


def test_with_a_certificate_nothing_is_served_in_clear(settings: Settings) -> None:
    tls = Tls(certificate=CERTIFICATE)
    manifest = service(settings.model_copy(update={"service": settings.service.model_copy(update={"tls": tls})}))
    assert [(port["name"], port["port"]) for port in manifest["spec"]["ports"]] == [("https", 443)]
    assert CERTIFICATE in manifest["metadata"]["annotations"].values()
