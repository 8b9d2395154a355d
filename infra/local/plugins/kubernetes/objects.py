"""What the provider does with one object: compare, preview, apply, read, delete."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from infra.errors import UnavailableError
from infra.local.plugins.answers import HalfDoneError
from infra.local.plugins.kubernetes import diff, immutable, live
from infra.local.plugins.kubernetes.awaiting import awaited
from infra.local.plugins.kubernetes.check import AUTONAMED
from infra.local.plugins.kubernetes.codec import UNKNOWN, Secret, known, mark, reveal
from infra.local.plugins.kubernetes.identity import Ref, ref_of
from infra.local.plugins.kubernetes.waiter import NotReadyError, Waiter
from infra.rejection import ApiError

if TYPE_CHECKING:
    from infra.cluster import Cluster
    from infra.local.plugins.kubernetes.link import Link

FORCE = "pulumi.com/patchForce"
FORCE_ALL = "PULUMI_K8S_ENABLE_PATCH_FORCE"
"""The variable by which the official provider is told to take over fields of every object of a run."""
SKIP_AWAIT = "pulumi.com/skipAwait"
PROPAGATION = "pulumi.com/deletionPropagationPolicy"
TIMEOUT_S = 600.0
_CONFLICT = re.compile(r'conflict with "([^"]+)"')

Properties = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What an update would change, and whether a replacement must delete the old object first."""

    changes: list[diff.Change] = field(default_factory=list)
    delete_first: bool = False


class Objects:
    """The objects of one cluster; safe to share between threads."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.cancelled = threading.Event()

    def compare(self, old: Properties, new: Properties, ignored: list[str]) -> Difference:
        """Compare what is recorded and what runs with what is asked for.

        Args:
            old: The inputs on record.
            new: The inputs asked for.
            ignored: Property paths whose changes do not count.
        """
        before, after = reveal(old), reveal(new)
        changes = diff.of_inputs(before, after)
        if not any(change.replace for change in changes):
            changes = self._asked(before, after, changes) if known(new) else _remembered(before, changes)
        changes = [change for change in changes if not _ignored(str(change), ignored)]
        return Difference(changes, diff.same_name(before, after) and AUTONAMED not in _annotations(after))

    def preview(self, inputs: Properties, state: Properties) -> Properties:
        """The outputs to expect of an apply, by a dry run where there is a cluster to ask."""
        cluster = self._link.for_preview() if known(inputs) else None
        if cluster is not None:
            try:
                return _expected(inputs, state, _apply(cluster, reveal(inputs), dry_run=True))
            except UnavailableError as error:
                self._link.lost(error)
            except ApiError as error:
                if error.status != HTTPStatus.NOT_FOUND and not diff.immutable(error.causes):
                    raise
        return _expected(inputs, state, None)

    def apply(self, inputs: Properties, timeout_s: float) -> tuple[Ref, Properties]:
        """Create or change the object, and wait until it is ready.

        Raises:
            HalfDoneError: It exists, but did not become ready.
        """
        cluster = self._link.cluster()
        manifest = reveal(inputs)
        found = _apply(cluster, manifest)
        ref = ref_of(found)
        if awaited(ref.kind) and _annotations(manifest).get(SKIP_AWAIT) != "true":
            try:
                found = Waiter(cluster, self.cancelled).until_ready(ref, timeout_s or TIMEOUT_S)
            except (NotReadyError, UnavailableError, ApiError) as error:
                raise HalfDoneError(str(error), ref.id, outputs(found, inputs)) from error
        return ref, outputs(found, inputs)

    def read(self, ref: Ref, inputs: Properties, state: Properties) -> tuple[Properties, Properties] | None:
        """The inputs and outputs of the live object; None when it is gone.

        Args:
            ref: The object.
            inputs: The inputs on record; empty for an import.
            state: The outputs on record.
        """
        found = self._link.cluster().get(*ref)
        if found is None:
            return None
        if not inputs:
            taken = _sealed(live.owned(found))
            return taken, outputs(found, taken)
        now = outputs(found, inputs)
        return mark(live.refreshed(reveal(inputs), reveal(state), reveal(now)), inputs), now

    def delete(self, ref: Ref, inputs: Properties, timeout_s: float) -> None:
        """Delete the object and what depends on it, and wait until it is gone.

        Raises:
            NotReadyError: It is still there.
        """
        cluster = self._link.cluster()
        found = cluster.get(*ref)
        if found is None:
            return
        policy = _annotations(reveal(inputs)).get(PROPAGATION, "foreground").capitalize()
        cluster.delete(*ref, propagation=policy)
        if policy != "Orphan":
            Waiter(cluster, self.cancelled).until_gone(ref, found["metadata"]["uid"], timeout_s or TIMEOUT_S)

    def _asked(self, old: Properties, new: Properties, changes: list[diff.Change]) -> list[diff.Change]:
        cluster = self._link.for_preview()
        try:
            return _remembered(old, changes) if cluster is None else self._compare_live(cluster, old, new, changes)
        except UnavailableError as error:
            self._link.lost(error)
            return _remembered(old, changes)

    def _compare_live(
        self, cluster: Cluster, old: Properties, new: Properties, changes: list[diff.Change]
    ) -> list[diff.Change]:
        ref = ref_of(new)
        found = cluster.get(*ref)
        if found is None:
            self._link.say(f"{ref} is gone from the cluster: it will be created again")
            return diff.merged(changes, diff.of_missing(new))
        if not changes and live.contains(found, new):
            return []
        try:
            applied = _apply(cluster, new, dry_run=True)
        except ApiError as error:
            if fields := diff.immutable(error.causes):
                return diff.replacing(changes, fields)
            # The update's own preview explains the refusal; a refresh, which compares as well, must not fail for it.
            refused = diff.merged(changes, diff.of_inputs(live.prune(found, new), new))
            if not refused:
                raise
            return refused
        return diff.merged(changes, diff.of_live(found, applied, old, new))


def _remembered(old: Properties, changes: list[diff.Change]) -> list[diff.Change]:
    """The changes where the API server cannot say which of them it refuses."""
    fields = immutable.refused(old, changes)
    return diff.replacing(changes, fields) if fields else changes


def outputs(found: Properties, inputs: Properties) -> Properties:
    """The outputs of a live object, secret where the inputs are."""
    marked: Properties = mark(live.outputs(found, reveal(inputs)), inputs)
    return _sealed(marked)


def _expected(inputs: Properties, state: Properties, found: Properties | None) -> Properties:
    """The outputs of a preview: what only the real object will tell is unknown."""
    recorded = reveal(state.get("metadata") or {}).get("uid")
    exists = recorded is not None and (found is None or found["metadata"].get("uid") == recorded)
    expected = outputs(found, inputs) if found else dict(inputs)
    metadata = expected.get("metadata")
    if isinstance(metadata, dict):
        expected["metadata"] = {**metadata, "uid": recorded if exists else UNKNOWN}
    if expected.get("kind") == "Service":
        expected["status"] = state["status"] if exists and "status" in state else UNKNOWN
        given = (state.get("spec") or {}).get("clusterIP") if exists else None
        if isinstance(expected.get("spec"), dict) and "clusterIP" not in inputs.get("spec", {}):
            expected["spec"] = {**expected["spec"], "clusterIP": given or UNKNOWN}
    return expected


def _apply(cluster: Cluster, manifest: Properties, *, dry_run: bool = False) -> Properties:
    force = "true" in {_annotations(manifest).get(FORCE), os.environ.get(FORCE_ALL)}
    try:
        return cluster.apply(manifest, force=force, dry_run=dry_run)
    except ApiError as error:
        managers = sorted({found[1] for cause in error.causes if (found := _CONFLICT.search(cause["message"]))})
        if error.status != HTTPStatus.CONFLICT or not managers:
            raise
        fields = ", ".join(dict.fromkeys(cause["field"] for cause in error.causes))
        owner = " and ".join(f'"{manager}"' for manager in managers)
        remedy = f'leave them out, or take them over with the annotation {FORCE}: "true" or by {FORCE_ALL}=true'
        message = f"{ref_of(manifest)}: conflict: field manager {owner} owns {fields}; {remedy}"
        raise ApiError(message, status=HTTPStatus.CONFLICT, reason="Conflict", causes=error.causes) from error


def _sealed(properties: Properties) -> Properties:
    if properties.get("kind") != "Secret" or not isinstance(properties.get("data"), dict):
        return properties
    return {**properties, "data": {key: Secret(reveal(value)) for key, value in properties["data"].items()}}


def _annotations(manifest: Properties) -> dict[str, str]:
    metadata = manifest.get("metadata")
    found = metadata.get("annotations") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _ignored(path: str, ignored: list[str]) -> bool:
    return any(path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) for prefix in ignored)
