"""The API server, asked so that what its policies say is seen: who denies, and who warns."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from infra.cluster import APPLY_PATCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.cluster import Cluster
    from policies.objects.values import Manifest

_WARNING = re.compile(r"ValidatingAdmissionPolicy '(rez-[a-z-]+)-exempt' with binding '\S+': ([a-z-]+): ")
_DENIAL = re.compile(r"ValidatingAdmissionPolicy '\S+' with binding '\S+' denied request: ([a-z-]+): ")


@dataclass(frozen=True)
class Answer:
    """What the API server said.

    Attributes:
        status: HTTP status code.
        message: Why it refused, "" if it did not.
        warned: Policies and their rules that warned.
    """

    status: int
    message: str
    warned: frozenset[tuple[str, str]]

    @cached_property
    def policies(self) -> set[str]:
        return {policy for policy, _ in self.warned}

    @cached_property
    def rules(self) -> set[str]:
        return {rule for _, rule in self.warned}

    @cached_property
    def denied_by(self) -> str:
        """The rule that is named first, "" if no policy denies."""
        found = _DENIAL.search(self.message)
        return found[1] if found else ""

    @property
    def invalid(self) -> bool:
        """The API server knows by itself that this is no object, and asks no policy."""
        return self.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} and not self.denied_by


class Server:
    """One API server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def create(self, body: Manifest) -> Answer:
        """Ask what a creation would meet: a name that is taken is only found after the policies were asked."""
        path = self.cluster.path(body["apiVersion"], body["kind"], namespace=body["metadata"].get("namespace"))
        return self.ask("POST", f"{path}?dryRun=All", body)

    def apply(self, body: Manifest) -> Answer:
        """Create or change an object for real, as `kubectl apply --server-side` does."""
        place = (body["apiVersion"], body["kind"])
        path = self.cluster.path(*place, namespace=body["metadata"].get("namespace"), name=body["metadata"]["name"])
        return self.ask("PATCH", f"{path}?fieldManager=test&force=true", body, APPLY_PATCH)

    def ask(self, method: str, path: str, body: Manifest, content: str = "application/json") -> Answer:
        response = self.cluster._client.rest_client.pool_manager.request(
            method,
            self.cluster.server + path,
            body=json.dumps(body).encode(),
            headers={"Content-Type": content},
            retries=False,
        )
        warned = frozenset(
            found.groups() for text in response.headers.getlist("Warning") for found in _WARNING.finditer(text)
        )
        refused = response.status >= HTTPStatus.BAD_REQUEST
        return Answer(response.status, json.loads(response.data)["message"] if refused else "", warned)


def until(holds: Callable[[], bool], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
