"""The faults that people make most, put into pods that had none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.policies.corpus.draw import Draw

_FAULTY_PERCENT = 55
_EACH_PERCENT = 22


def _repository(container: dict[str, Any]) -> str:
    return str(container["image"]).partition("@")[0]


def _latest(container: dict[str, Any]) -> None:
    container["image"] = f"{_repository(container)}:latest"


def _tagged(container: dict[str, Any]) -> None:
    container["image"] = f"{_repository(container)}:1.4.2"


def _no_limits(container: dict[str, Any]) -> None:
    container["resources"].pop("limits", None)


def _no_resources(container: dict[str, Any]) -> None:
    container["resources"] = {}


def _no_probes(container: dict[str, Any]) -> None:
    for name in ("readinessProbe", "livenessProbe"):
        container.pop(name, None)


def _one_probe(container: dict[str, Any]) -> None:
    if "readinessProbe" in container:
        container["livenessProbe"] = container["readinessProbe"] | {}


def _privileged(container: dict[str, Any]) -> None:
    container["securityContext"] = {"privileged": True}


def _no_context(container: dict[str, Any]) -> None:
    container.pop("securityContext", None)


def _writable(container: dict[str, Any]) -> None:
    container.get("securityContext", {}).pop("readOnlyRootFilesystem", None)


def _capabilities(container: dict[str, Any]) -> None:
    container.setdefault("securityContext", {})["capabilities"] = {"add": ["NET_ADMIN"]}


def _plain_secret(container: dict[str, Any]) -> None:
    container["env"].append({"name": "ADMIN_PASSWORD", "value": "not-a-real-one-1234"})


_OF_CONTAINERS: tuple[Callable[[dict[str, Any]], None], ...] = (
    _latest,
    _tagged,
    _no_limits,
    _no_resources,
    _no_probes,
    _one_probe,
    _privileged,
    _no_context,
    _writable,
    _capabilities,
    _plain_secret,
)

_OF_PODS: dict[str, dict[str, Any]] = {
    "host network": {"hostNetwork": True},
    "host processes": {"hostPID": True},
    "root": {"securityContext": {"runAsUser": 0}},
    "token": {"automountServiceAccountToken": True},
    "host path": {"volumes": [{"name": "tmp", "hostPath": {"path": "/var/run"}}]},
}


def spoil(draw: Draw, pod: dict[str, Any]) -> None:
    """Put faults into a bit more than half of all pods.

    Args:
        draw: The choices.
        pod: A pod's spec; changed in place.
    """
    if not draw.happens("faulty", _FAULTY_PERCENT):
        return
    for container in pod["containers"]:
        for fault in _OF_CONTAINERS:
            if draw.happens(f"{container['name']}{fault.__name__}", _EACH_PERCENT):
                fault(container)
    for name, fields in _OF_PODS.items():
        if draw.happens(name, _EACH_PERCENT // 2):
            pod.update(fields)
