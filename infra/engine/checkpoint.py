"""Whether a stack's state is whole, and how a folder's is made so after its engine was killed while writing it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.engine.folder_files import ATTRIBUTES, COPY, FolderFiles
from infra.engine.state_files import checkpoint_of
from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.engine.state_files import StateFiles

Checkpoint = dict[str, Any]


def resources(content: bytes) -> list[dict[str, Any]]:
    """The resources of a state that is whole."""
    return ((json.loads(content)["checkpoint"].get("latest") or {}).get("resources")) or []


def damage(content: bytes, stack: str) -> str:
    """What makes a state unusable, "" if it is whole.

    The engine refuses most of it in words for its makers, but takes an empty object for an empty stack, and would
    declare everything once more.

    Args:
        content: The state's file.
        stack: Whose state it must be.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        return f"no JSON ({error})" if content else "empty"
    try:
        of = document["checkpoint"]["stack"]
        known: set[str] = set()
        for resource in resources(content):
            missing = next((urn for urn in _needed(resource) if urn not in known), None)
            if missing:
                return f"without {missing}, which {resource['urn']} needs"
            known.add(resource["urn"])
    except (KeyError, TypeError, AttributeError):
        return "no state as the engine writes it"
    wanted = f"organization/{PROJECT}/{stack}"
    return "" if of == wanted else f"the state of {of}, not of {wanted}"


def _needed(resource: dict[str, Any]) -> Iterator[str]:
    """The resources that must come before one."""
    yield from filter(None, [resource.get("parent")])
    yield from resource.get("dependencies") or []


def repair(files: StateFiles, stack: str) -> None:
    """Undo half-done writes in a folder; its last whole checkpoint counts.

    The engine writes a checkpoint, its description and a copy of the one before, each in turn. A kill in between leaves
    an empty description, which makes the backend refuse the stack, or an empty checkpoint beside a whole copy. In a
    bucket a write is done or not.

    Args:
        files: The backend's files.
        stack: Stack name; nobody may be writing it.
    """
    if not isinstance(files, FolderFiles):
        return
    checkpoint = files.root / checkpoint_of(stack)
    copy = checkpoint.with_name(checkpoint.name + COPY)
    for file in (checkpoint, copy):
        description = file.with_name(file.name + ATTRIBUTES)
        if description.exists() and not _is_json(description):
            description.unlink()  # the backend does without
    if not _is_json(checkpoint) and _is_json(copy):
        checkpoint.write_bytes(copy.read_bytes())
    for unfinished in checkpoint.parent.glob(f"{stack}.json*.tmp"):
        unfinished.unlink()


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except (OSError, ValueError):
        return False
    return True
