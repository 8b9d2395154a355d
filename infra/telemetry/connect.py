"""The source of metrics that a stack's settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests import names
from infra.settings.model import NAMESPACE
from infra.telemetry.new_relic import URLS, NewRelic
from infra.telemetry.pods import Pods
from infra.telemetry.prometheus import Prometheus

if TYPE_CHECKING:
    from infra.settings import Settings
    from infra.telemetry.pods import Proxy
    from infra.telemetry.source import Source


def source(settings: Settings, proxy: Proxy) -> Source:
    """Open the source; it is asked at the first reading.

    Args:
        settings: The stack's settings.
        proxy: The API server, for the pods' own pages.
    """
    telemetry, service = settings.telemetry, settings.service
    ignored = {service.health_path, service.liveness_path, names.METRICS_PATH}
    if telemetry.prometheus is not None:
        return Prometheus(telemetry.prometheus.url, NAMESPACE, ignored=ignored)
    if telemetry.new_relic is not None:
        return NewRelic(telemetry.new_relic.account, ignored=ignored, url=URLS[telemetry.new_relic.region])
    return Pods(proxy, NAMESPACE, port=names.PORT, path=names.METRICS_PATH, ignored=ignored)
