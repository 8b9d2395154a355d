"""Which objects are the API's, for the rules that only concern it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.image_name import repository
from policies.cluster.pods import SERVING, WORKLOADS, main_containers, template
from policies.limits import API, API_AUTOSCALER, API_CONTAINER, API_REPOSITORIES, NAMESPACE
from policies.objects.values import reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node

CANARY: Final = "canary"
MIGRATION: Final = "migration"
_MAKERS: Final = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"})


def is_api(workload: Node) -> bool:
    """Tell whether an object runs the API: in its namespace, with its name, its label, its container or its image.

    What a controller has made of another object is judged there.
    """
    if workload.text("metadata", "namespace") != NAMESPACE or _is_made(workload):
        return False
    if workload.text("metadata", "name") == API or _label(workload, "app") == API:
        return True
    return any(map(_is_api_container, main_containers(workload)))


def job_track(workload: Node) -> str:
    """Tell which of the Jobs that may run the API's image this is: `canary`, `migration`, or "" for neither."""
    track = _label(workload, "track")
    return str(track) if workload.text("kind") == "Job" and track in (CANARY, MIGRATION) else ""


def api_workloads(workload: Node) -> Iterator[Node]:
    """Pick the object if it runs the API, under whatever kind."""
    if is_api(workload):
        yield workload


def api_servers(workload: Node) -> Iterator[Node]:
    """Pick the object if it runs the API to answer requests, as a migration does not."""
    if is_api(workload) and job_track(workload) != MIGRATION:
        yield workload


def api_containers(workload: Node) -> Iterator[Node]:
    """Pick the API's own containers; where none is called so or has its image, any may be it, and all are picked."""
    if not is_api(workload):
        return
    found = list(main_containers(workload))
    yield from list(filter(_is_api_container, found)) or found


def api_server_containers(workload: Node) -> Iterator[Node]:
    """Pick the API's own containers where they answer requests."""
    for server in api_servers(workload):
        yield from api_containers(server)


def serving_containers(workload: Node) -> Iterator[Node]:
    """Pick the containers that keep a service up: those of the kinds made for it, and the API's under any kind."""
    if f"{workload.text('kind')}.apps" in SERVING or next(api_servers(workload), None) is not None:
        yield from main_containers(workload)


def api_fleets(graph: Graph) -> Iterator[Node]:
    """Go through all objects of the stack that run the API."""
    for kind in WORKLOADS:
        yield from (workload for workload in graph.of(kind, NAMESPACE) if is_api(workload))


def api_hpas(hpa: Node) -> Iterator[Node]:
    """Pick the HPA if it scales the API, or says so by its name."""
    names = (hpa.text("spec", "scaleTargetRef", "name"), hpa.text("metadata", "name"))
    if hpa.text("metadata", "namespace") == NAMESPACE and (names[0] == API or names[1] == API_AUTOSCALER):
        yield hpa


def _is_api_container(container: Node) -> bool:
    # An image that is not known yet is told by the rule about images.
    image = reveal(container.at("image").value)
    return container.text("name") == API_CONTAINER or (isinstance(image, str) and repository(image) in API_REPOSITORIES)


def _label(workload: Node, name: str) -> object:
    """A label of the pods; one that is not known yet is told by the rules about labels."""
    return reveal(template(workload).at("metadata", "labels", name).value)


def _is_made(workload: Node) -> bool:
    owners = workload.each("metadata", "ownerReferences")
    return any(owner.get("controller") is True and owner.text("kind") in _MAKERS for owner in owners)
