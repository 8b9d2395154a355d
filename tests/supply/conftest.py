from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sigstore.verify import Verifier as Keys

from infra.supply.connection import Connection
from infra.supply.repository import Repository
from infra.supply.verifier import GitHubBuild
from tests.supply.oci_registry import Registry
from tests.supply.sigstore_instance import REPOSITORY, WORKFLOW, Sigstore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@pytest.fixture(scope="session")
def sigstore() -> Sigstore:
    return Sigstore()


@pytest.fixture(scope="session")
def build(sigstore: Sigstore, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., GitHubBuild]:
    """A verifier that trusts our own Sigstore, for the app's repository and workflow unless others are named."""
    keys = Keys(trusted_root=sigstore.trusted_root(tmp_path_factory.mktemp("sigstore")))

    def make(repository: str = REPOSITORY, workflow: str = WORKFLOW) -> GitHubBuild:
        return GitHubBuild(repository, workflow, lambda: keys)

    return make


@pytest.fixture
def served() -> Iterator[Registry]:
    with Registry() as registry:
        yield registry


@pytest.fixture
def connect(served: Registry) -> Callable[..., Connection]:
    """A connection to the registry, with Docker's logins if there are any; waits are kept, not made."""

    def make(auths: Mapping[str, Any] | None = None, *, waits: list[float] | None = None) -> Connection:
        slept = [] if waits is None else waits
        return Connection(Repository.parse(served.repository), {"auths": auths or {}}, sleep=slept.append)

    return make
