"""Containers as people write them, in every shape from careful to careless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.policies.corpus.draw import Draw

_SETTINGS = (
    ("LOG_LEVEL", ("debug", "info", "warn")),
    ("NODE_ENV", ("production", "staging")),
    ("CACHE_TTL_SECONDS", ("30", "300", "3600")),
    ("FEATURE_EXPORT", ("true", "false")),
    ("QUEUE_URL", ("amqp://queue.messaging:5672", "redis://cache.data:6379/0")),
    ("MAX_CONNECTIONS", ("10", "50", "200")),
    ("TZ", ("UTC", "Europe/Vienna", "Asia/Kolkata")),
    ("REPORT_BUCKET", ("reports-eu", "reports-us")),
    ("RETRY_BACKOFF", ("250ms", "1s", "5s")),
    ("ALLOWED_ORIGINS", ("https://app.example", "https://admin.example,https://app.example")),
)
_SECRETS = ("DB_PASSWORD", "SESSION_SECRET", "SMTP_PASSWORD", "PAYMENT_API_KEY")


def container(draw: Draw, name: str, port: int | None = None) -> dict[str, Any]:
    """A container without faults.

    Args:
        draw: Its choices.
        name: What it is called.
        port: Where it serves; one that serves nothing has neither port nor probes.
    """
    made: dict[str, Any] = {
        "name": name,
        "image": f"registry.example/{draw.pick('team', ('shop', 'core', 'data'))}/{name}@sha256:{draw.digest('image')}",
        "imagePullPolicy": "IfNotPresent",
    }
    if draw.happens("arguments", 30):
        made["args"] = ["serve", "--threads", str(draw.number("threads", 1, 16)), "--config=/etc/app/app.yaml"]
    if port:
        made["ports"] = [{"name": "http", "containerPort": port, "protocol": "TCP"}]
    made["env"] = _environment(draw)
    made["resources"] = _resources(draw)
    if port:
        made |= _probes(draw)
    made["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    made["volumeMounts"] = [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 - in a container
    return made


def _environment(draw: Draw) -> list[dict[str, Any]]:
    plain = [
        {"name": name, "value": draw.pick(name, values)}
        for name, values in _SETTINGS
        if draw.happens(f"has {name}", 45)
    ]
    secret = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": "credentials", "key": name}}}
        for name in _SECRETS
        if draw.happens(f"has {name}", 30)
    ]
    return [*plain, *secret, {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]


def _resources(draw: Draw) -> dict[str, Any]:
    cpu = draw.pick("cpu", (50, 100, 250, 500))
    memory = draw.pick("memory", (64, 128, 256, 512))
    return {
        "requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"},
        "limits": {"cpu": f"{2 * cpu}m", "memory": f"{2 * memory}Mi"},
    }


def _probes(draw: Draw) -> dict[str, Any]:
    ready: dict[str, Any] = {"httpGet": {"path": draw.pick("ready", ("/health", "/ready")), "port": "http"}}
    live: dict[str, Any] = {"httpGet": {"path": "/live", "port": "http"}}
    if draw.happens("probes a socket", 20):
        live = {"tcpSocket": {"port": "http"}}
    return {
        "readinessProbe": ready | {"periodSeconds": draw.pick("period", (5, 10))},
        "livenessProbe": live | {"periodSeconds": 10, "failureThreshold": draw.number("failures", 3, 6)},
    }
