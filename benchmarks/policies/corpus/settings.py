"""ConfigMaps: single values and whole files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.policies.corpus.app import App

_FILE = """\
server:
  port: {port}
  timeout: {timeout}s
logging:
  level: {level}
  format: json
features:
  - exports
  - {feature}
"""


def config_map(app: App, component: str = "web") -> dict[str, Any]:
    """A ConfigMap; most are immutable and named by their content, a few hold a password."""
    draw = app.draw(f"{component}/config")
    data = {
        "LOG_LEVEL": draw.pick("level", ("debug", "info", "warn")),
        "REGION": draw.pick("region", ("eu-central-1", "us-east-1", "ap-south-1")),
        "PAGE_SIZE": str(draw.number("page", 10, 200)),
        "app.yaml": _FILE.format(
            port=app.port,
            timeout=draw.number("timeout", 1, 60),
            level=draw.pick("level", ("debug", "info", "warn")),
            feature=draw.pick("feature", ("coupons", "invoices", "webhooks")),
        ),
    }
    if draw.happens("password", 4):
        data["DATABASE_PASSWORD"] = "not-a-real-one-5678"  # noqa: S105 - a fault to be found
    if draw.happens("changes in place", 35):
        return app.object("v1/ConfigMap", f"{app.name}-{component}", {"data": data})
    name = f"{app.name}-{component}-{draw.digest('data')[:8]}"
    return app.object("v1/ConfigMap", name, {"immutable": True, "data": data})
