"""Creates, reads, changes and removes Atlas resources."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from infra import atlas_api
from infra.errors import UnavailableError
from infra.local.plugins.answers import HalfDoneError
from infra.local.plugins.kubernetes.codec import mark, reveal
from infra.local.plugins.mongodbatlas.kinds import KINDS, Kind

if TYPE_CHECKING:
    from infra.atlas_api import Atlas

Json = dict[str, Any]

_IDLE: Final = "IDLE"
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0
_CREATION_S: Final = 3 * 3600.0
"""As long as the official provider waits for a cluster."""
_PROCESS_ARGUMENTS: Final = "processArgs"


class Resources:
    """The resources of whatever Atlas the environment names; safe to share between threads."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self.cancelled = threading.Event()

    def create(self, name: str, inputs: Json, timeout_s: float) -> tuple[str, Json]:
        """Create a resource, or take over the one of its name, which an interrupted creation left.

        Args:
            name: The kind's name.
            inputs: As the engine has them.
            timeout_s: How long to wait for a cluster; 0 for the provider's own patience.

        Returns:
            Its id and outputs.

        Raises:
            HalfDoneError: It exists, but did not become ready.
            RezError: Atlas refused or does not answer.
        """
        kind, plain = KINDS[name], reveal(inputs)
        there = self._there(name, kind, plain)
        if there is None and kind.collection:
            made = self._atlas.request("POST", kind.collection(plain), kind.write, body=kind.body(plain))
            identifier = _id(name, plain, made)
        else:
            identifier = _id(name, plain, there or {})
            self._write(kind, plain, identifier)
        return identifier, self._finished(name, inputs, identifier, timeout_s)

    def update(self, name: str, inputs: Json, identifier: str, timeout_s: float) -> Json:
        """Change a resource; one that was deleted by hand is created again under its name.

        Raises:
            HalfDoneError: It did not become ready.
            RezError: Atlas refused or does not answer.
        """
        kind, plain = KINDS[name], reveal(inputs)
        if kind.collection and self._atlas.find(kind.item(plain, identifier), kind.read) is None:
            return self.create(name, inputs, timeout_s)[1]
        self._write(kind, plain, identifier)
        return self._finished(name, inputs, identifier, timeout_s)

    def read(self, name: str, inputs: Json, identifier: str) -> tuple[Json, Json] | None:
        """Read a resource.

        Returns:
            The declared inputs with their live values, and the outputs; None if it is gone.
        """
        kind, plain = KINDS[name], reveal(inputs)
        answer = self._atlas.find(kind.item(plain, identifier), kind.read)
        if answer is None:
            return None
        live = kind.properties(answer) | self._settings(name, kind, plain)
        taken = mark(_projected(plain, live, kind.own | {"projectId", "password"}), inputs)
        return taken, _outputs(kind, taken, live)

    def delete(self, name: str, inputs: Json, identifier: str, timeout_s: float) -> None:
        """Remove a resource, and wait until it is gone.

        Raises:
            RezError: Atlas refused or does not answer.
        """
        kind, plain = KINDS[name], reveal(inputs)
        path = kind.item(plain, identifier)
        if name == "Auditing":  # it stays, switched off
            self._atlas.request("PATCH", path, kind.write, body={"enabled": False})
            return
        if self._atlas.find(path, kind.read) is None:
            return
        version = atlas_api.CLUSTER_DELETE if name == "AdvancedCluster" else kind.write
        kept = {"retainBackups": "true"} if plain.get("retainBackupsEnabled") else {}
        self._atlas.request("DELETE", path, version, query=kept)
        if name == "AdvancedCluster":
            self._wait(
                lambda: self._atlas.find(path, kind.read) is None, timeout_s, f"cluster {plain['name']}: still there"
            )

    def _there(self, name: str, kind: Kind, plain: Json) -> Json | None:
        """The resource that already has this identity."""
        if name == "Project":
            found = self._atlas.find(f"/groups/byName/{plain['name']}")
            return found if found and found["orgId"] == plain["orgId"] else None
        if name == "AlertConfiguration":  # without a name, it is known by all that it says
            wanted = kind.body(plain)
            every = self._atlas.each(kind.collection(plain)) if kind.collection else ()
            return next((each for each in every if _says(each, wanted)), None)
        return self._atlas.find(kind.item(plain, ""), kind.read)

    def _write(self, kind: Kind, plain: Json, identifier: str) -> None:
        if kind is KINDS["ProjectIpAccessList"]:
            return  # all of it is its identity
        self._atlas.request(kind.update, kind.item(plain, identifier), kind.write, body=kind.body(plain))

    def _finished(self, name: str, inputs: Json, identifier: str, timeout_s: float) -> Json:
        """Its outputs, once it is ready."""
        kind, plain = KINDS[name], reveal(inputs)
        path = kind.item(plain, identifier)
        if name == "AdvancedCluster":
            state = f"cluster {plain['name']}: not {_IDLE}"
            try:
                self._wait(lambda: self._atlas.get(path, kind.read)["stateName"] == _IDLE, timeout_s, state)
                if wanted := plain.get("advancedConfiguration"):
                    self._atlas.request("PATCH", f"{path}/{_PROCESS_ARGUMENTS}", kind.read, body=wanted)
                    self._wait(lambda: self._atlas.get(path, kind.read)["stateName"] == _IDLE, timeout_s, state)
            except UnavailableError as error:
                raise HalfDoneError(str(error), identifier, inputs) from error
        return _outputs(kind, inputs, kind.properties(self._atlas.get(path, kind.read)))

    def _settings(self, name: str, kind: Kind, plain: Json) -> Json:
        """The part of a cluster that the API keeps elsewhere."""
        if name != "AdvancedCluster" or not plain.get("advancedConfiguration"):
            return {}
        found = self._atlas.get(f"{kind.item(plain, '')}/{_PROCESS_ARGUMENTS}", kind.read)
        return {"advancedConfiguration": _projected(plain["advancedConfiguration"], found, frozenset())}

    def _wait(self, ready: Any, timeout_s: float, late: str) -> None:
        deadline, pause = time.monotonic() + (timeout_s or _CREATION_S), _FIRST_PAUSE_S
        while not ready():
            if time.monotonic() > deadline or self.cancelled.wait(pause):
                why = "cancelled" if self.cancelled.is_set() else f"after {timeout_s or _CREATION_S:.0f} s"
                raise UnavailableError(f"{late} ({why})")
            pause = min(pause * 1.3, _LONGEST_PAUSE_S)


def _id(name: str, plain: Json, answer: Json) -> str:
    """The id in Pulumi's state: Atlas's own where Atlas names it, else the path of names."""
    if name in {"Project", "AlertConfiguration"}:
        return str(answer["id"])
    own = [plain.get(key) for key in ("authDatabaseName", "username", "name", "clusterName", "cidrBlock")]
    return "/".join(str(each) for each in (plain["projectId"], *own) if each)


def _outputs(kind: Kind, inputs: Json, live: Json) -> Json:
    return {**inputs, **{name: live.get(name) for name in kind.computed}}


def _projected(declared: Any, live: Any, kept: frozenset[str]) -> Any:
    """The live value of all that is declared; what Atlas adds by itself is no difference."""
    if isinstance(declared, dict) and isinstance(live, dict):
        found = {}
        for key, value in declared.items():
            if key in kept:
                found[key] = value
            elif key in live:
                found[key] = _projected(value, live[key], frozenset())
        return found
    if isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        return [_projected(one, other, frozenset()) for one, other in zip(declared, live, strict=True)]
    return live


def _says(live: Any, wanted: Any) -> bool:
    """Whether a live value has everything that is wanted."""
    return bool(_projected(wanted, live, frozenset()) == wanted)
