"""Which objects are the API's, for the rules that only concern it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.limits import API, API_CONTAINER, NAMESPACE
from policies.pods import main_containers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node


def is_api(workload: Node) -> bool:
    """Tell whether a Deployment is the API: in its namespace, and with its name or its container."""
    if workload.text("metadata", "namespace") != NAMESPACE:
        return False
    if workload.text("metadata", "name") == API:
        return True
    return any(container.text("name") == API_CONTAINER for container in main_containers(workload))


def api_deployments(workload: Node) -> Iterator[Node]:
    """Pick the Deployment if it is the API."""
    if is_api(workload):
        yield workload


def api_containers(workload: Node) -> Iterator[Node]:
    """Pick the API's own container; where none is called so, any may be it, and all are picked."""
    if not is_api(workload):
        return
    found = list(main_containers(workload))
    yield from [each for each in found if each.text("name") == API_CONTAINER] or found


def api_hpas(hpa: Node) -> Iterator[Node]:
    """Pick the HPA if it scales the API."""
    if hpa.text("metadata", "namespace") == NAMESPACE and hpa.text("spec", "scaleTargetRef", "name") == API:
        yield hpa
