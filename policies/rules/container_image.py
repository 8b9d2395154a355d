"""Images: what runs is exactly what was built and tested."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_containers
from policies.cluster.image_name import repository
from policies.cluster.pods import WORKLOADS, containers, volumes
from policies.limits import API_REPOSITORIES, DEPLOY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_PINNED: Final = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
_TAGGED: Final = re.compile(r":(?!latest$)[^/]+$")
_LATEST: Final = re.compile(r":latest(@|$)")
_SNIPPET: Final = "image: docker.io/rezapp/merchant-backend@sha256:<digest of the release>\n"
_IN_CONTAINERS: Final = ("image", "imagePullPolicy")
_IN_VOLUMES: Final = ("reference", "pullPolicy")


def _images(workload: Node) -> Iterator[Node]:
    """Pick whatever names an image: containers, and volumes that are one."""
    yield from containers(workload)
    yield from (image for volume in volumes(workload) if (image := volume.at("image")).value is not None)


def _fields(holder: Node) -> tuple[str, str]:
    """Name the fields of the image and of when it is pulled; a volume's are below its `image`."""
    return _IN_VOLUMES if holder.name == "image" else _IN_CONTAINERS


@rule(
    About(
        id="container-image-digest",
        severity=Severity.HIGH,
        title="Every image is named by its digest and never as latest",
        why="A tag can be moved: pods of one release would run different code, and a rollback would not go back",
        remedy="name the image by digest, repository@sha256:…; the registry prints it at push",
        snippet=_SNIPPET,
        source=DEPLOY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=_images,
)
def image_digest(holder: Node) -> Iterator[Violation]:
    """Ask for a digest."""
    field, _ = _fields(holder)
    image = holder.text(field)
    if _PINNED.fullmatch(image) is None or _LATEST.search(image):
        yield holder.must(field, be="end in @sha256:<digest>, without the tag latest")


@rule(
    About(
        id="container-pull-policy",
        severity=Severity.MEDIUM,
        title="What is named by a tag is pulled at every start",
        why="A node that has the tag already would run the code it once named, beside pods with the new one",
        remedy="name the image by digest; until then set imagePullPolicy to Always",
        snippet=f"{_SNIPPET}imagePullPolicy: IfNotPresent  # right beside a digest\n",
        source=f"{DEPLOY_SOURCE}; Kubernetes, Images: Image pull policy",
    ),
    kinds=WORKLOADS,
    each=_images,
)
def pull_policy(holder: Node) -> Iterator[Violation]:
    """Ask for Always without a digest (the default of latest); beside one refuse Never: no new node has the image."""
    field, when = _fields(holder)
    policy = holder.text(when)
    if policy == "Always":
        return
    image = holder.text(field)
    if _PINNED.fullmatch(image):
        if policy not in {"", "IfNotPresent"}:
            yield holder.must(when, be="be IfNotPresent or Always")
    elif policy or _TAGGED.search(image):
        yield holder.must(when, be="be Always, for an image without a digest")


@rule(
    About(
        id="container-image-repository",
        severity=Severity.HIGH,
        title="The API's image comes from rezapp/merchant-backend on Docker Hub",
        why="An image from elsewhere was neither built nor scanned by the release pipeline",
        remedy="use docker.io/rezapp/merchant-backend",
        snippet=_SNIPPET,
        source=DEPLOY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def image_repository(container: Node) -> Iterator[Violation]:
    """Compare the repository."""
    if repository(container.text("image")) not in API_REPOSITORIES:
        yield container.must("image", be=f"be from {API_REPOSITORIES[0]}")
