"""Puts the parts together for a stack."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from infra.supply import credentials
from infra.supply.connection import Connection
from infra.supply.images import Images
from infra.supply.registry import Registry
from infra.supply.repository import Repository
from infra.supply.verifier import GitHubBuild, public_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.settings.provenance import Provenance


def images(repository: str, provenance: Provenance, *, say: Callable[[str], None]) -> Images:
    """The images of a repository, with the login that Docker keeps for it.

    Args:
        repository: Such as `docker.io/rezapp/merchant-backend`.
        provenance: Who must have built them.
        say: Told of what was found.

    Raises:
        PreconditionError: Docker's configuration cannot be read.
    """
    registry = Registry(Connection(Repository.parse(repository), credentials.read()))
    builder = None
    if provenance.repository and provenance.workflow:
        builder = GitHubBuild(provenance.repository, provenance.workflow, functools.cache(lambda: public_keys(say)))
    return Images(registry, builder, say=say)
