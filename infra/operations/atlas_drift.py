"""Compares Atlas with what the stack declares there; nothing is touched."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from infra.atlas_api import AtlasError
from infra.drift import atlas as pure
from infra.drift.declared import ATLAS, Ref
from infra.errors import RezError
from infra.local.plugins.mongodbatlas.kinds import KINDS
from infra.local.plugins.mongodbatlas.resources import Resources
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.atlas_api import Atlas
    from infra.drift.declared import InAtlas
    from infra.drift.difference import Difference

_NAMED: Final = {"AdvancedCluster": "name", "DatabaseUser": "username", "ProjectIpAccessList": "cidrBlock"}
"""Kinds of which one that nobody declares is a way in, or a database without an owner; the property that names it."""


@dataclass
class Reading:
    """What was read.

    Attributes:
        found: The differences.
        unread: What could not be read, and why.
        compared: How many declared resources were compared.
    """

    found: list[Difference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    compared: int = 0

    @contextmanager
    def of(self, subject: str) -> Iterator[None]:
        """Note a refusal that concerns this subject alone."""
        try:
            yield
        except AtlasError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                raise
            self.unread.append(f"{subject}: {line(error)}")


def read(atlas: Atlas, declared: Sequence[InAtlas]) -> Reading:
    """Compare every resource, and look for others in the same projects.

    Args:
        atlas: The API; it is not asked where nothing is declared.
        declared: What the stack declares.
    """
    reading, resources = Reading(), Resources(atlas)
    places = {(each.kind, each.inputs["projectId"]) for each in declared if each.kind in _NAMED}
    try:
        for each in declared:
            with reading.of(str(each.ref)):
                live = resources.read(each.kind, each.inputs, each.identifier)
                reading.found += pure.compare(each, live and live[0])
                reading.compared += 1
        for kind, project in sorted(places):
            with reading.of(f"undeclared resources of kind {kind}"):
                reading.found += _strays(atlas, kind, project, declared)
    except RezError as error:  # without a key or an answer nothing else can be read either
        left = len(declared) - reading.compared - len(reading.unread)
        reading.unread.append(f"{left} of {len(declared)} resources in Atlas: {line(error)}")
    return reading


def _strays(atlas: Atlas, name: str, project: str, declared: Sequence[InAtlas]) -> Iterator[Difference]:
    kind = KINDS[name]
    if kind.collection is None:  # there is one of it in every project
        return
    known = {kind.item(each.inputs, each.identifier) for each in declared if each.kind == name}
    for answer in atlas.each(kind.collection({"projectId": project}), kind.read):
        properties = {**kind.properties(answer), "projectId": project}
        if kind.item(properties, "") not in known:
            yield pure.orphan(Ref(ATLAS, name, "", str(properties[_NAMED[name]])))
