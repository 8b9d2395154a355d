"""Tells databases from everything else that runs."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from policies.cluster.image_name import repository
from policies.cluster.pods import main_containers, ports
from policies.databases.redis.servers import servers
from policies.limits import DATABASE_PORTS, DATABASES
from policies.objects.values import reveal

if TYPE_CHECKING:
    from policies.objects.node import Node


def is_database(workload: Node) -> bool:
    """Tell a database by its program, its image or its port; an image not known yet is told by its own rule."""
    images = (reveal(container.at("image").value) for container in main_containers(workload))
    names = (posixpath.basename(repository(image)) for image in images if isinstance(image, str))
    return (
        any(True for _ in servers(workload))
        or any(name.partition("-")[0] in DATABASES and "exporter" not in name for name in names)
        or any(port.get("containerPort") in DATABASE_PORTS for port in ports(workload))
    )
