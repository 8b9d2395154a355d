"""The provider's connection: the cluster when it is there, and one warning when a preview goes without it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc

from infra.errors import UnavailableError
from infra.local.plugins.wire import engine_pb2, engine_pb2_grpc

if TYPE_CHECKING:
    from infra.cluster import Cluster


class Link:
    """One cluster, connected to when first needed."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._settings: dict[str, Any] = {}
        self._cluster: Cluster | None = None
        self._lock = threading.Lock()
        self._warned = False
        threading.Thread(target=_load_client, daemon=True).start()

    def configure(self, settings: dict[str, Any]) -> None:
        """Take the provider's own inputs: `kubeconfig`, `context`, `namespace`."""
        self._settings = settings

    def cluster(self) -> Cluster:
        """The cluster.

        Raises:
            UnavailableError: There is no usable kubeconfig.
        """
        from infra.cluster import Cluster

        with self._lock:
            if self._cluster is None:
                chosen = {key: self._settings.get(key) or None for key in ("kubeconfig", "context")}
                self._cluster = Cluster.connect(**chosen)
            return self._cluster

    def namespace(self) -> str:
        """The namespace of objects that name none: the provider's, else the kubeconfig's, else `default`."""
        if self._settings.get("namespace"):
            return str(self._settings["namespace"])
        try:
            return self.cluster().namespace
        except UnavailableError:
            return "default"

    def namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of a kind live in a namespace; taken for granted where nobody can be asked."""
        from infra.cluster import ApiError

        cluster = self.for_preview()
        try:
            return cluster is None or cluster.namespaced(api_version, kind)
        except UnavailableError as error:
            self.lost(error)
        except ApiError:
            """The kind comes to be in this very deployment."""
        return True

    def for_preview(self) -> Cluster | None:
        """The cluster, or None after it was found unreachable: a preview then goes by the state alone."""
        if self._warned:
            return None
        try:
            return self.cluster()
        except UnavailableError as error:
            self.lost(error)
            return None

    def lost(self, error: UnavailableError) -> None:
        """Note that the cluster cannot be reached, and tell the engine once."""
        with self._lock:
            first, self._warned = not self._warned, True
        if first:
            reason = str(error).removeprefix("cluster unavailable: ").split(";", maxsplit=1)[0]
            self.say(f"no cluster reachable ({reason}): previewed against state alone")

    def say(self, message: str, urn: str = "") -> None:
        """Show a warning to the person at the engine."""
        if not self._engine:
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=message, urn=urn)
        with grpc.insecure_channel(self._engine) as channel:
            engine_pb2_grpc.EngineStub(channel).Log(request)


class Nowhere(Link):
    """No cluster, on purpose: everything goes by what is recorded, and nobody is warned of it."""

    def __init__(self) -> None:
        self._settings: dict[str, Any] = {}

    def cluster(self) -> Cluster:
        """Refuse.

        Raises:
            UnavailableError: Always.
        """
        raise UnavailableError("there is no cluster here")

    def for_preview(self) -> None:
        """Nobody to ask."""

    def lost(self, error: UnavailableError) -> None:
        """It was never there."""

    def say(self, message: str, urn: str = "") -> None:
        """There is nothing to warn of."""


def _load_client() -> None:
    """Load the Kubernetes client while the engine is busy elsewhere: it takes half a second."""
    import kubernetes.client
    import kubernetes.config  # noqa: F401
