"""Makes a stack's file readable again after its engine was killed while writing it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from infra.engine.locks import ATTRIBUTES, backend_folder

if TYPE_CHECKING:
    from pathlib import Path


def repair(backend: str, stack: str) -> None:
    """Undo half-done writes of a file backend; its last whole checkpoint counts.

    The engine writes a checkpoint, its description and a copy of the one before, each in turn. A kill in between leaves
    an empty description, which makes the backend refuse the stack, or an empty checkpoint beside a whole copy.

    Args:
        backend: Backend URL; only `file://` is ours to repair.
        stack: Stack name; nobody may be writing it.
    """
    folder = backend_folder(backend)
    for checkpoint in sorted((folder / "stacks").glob(f"*/{stack}.json")) if folder else []:
        copy = checkpoint.with_name(checkpoint.name + ".bak")
        for file in (checkpoint, copy):
            description = file.with_name(file.name + ATTRIBUTES)
            if description.exists() and not _is_whole(description):
                description.unlink()  # the backend does without
        if not _is_whole(checkpoint) and _is_whole(copy):
            shutil.copyfile(copy, checkpoint)
        for unfinished in checkpoint.parent.glob(f"{stack}.json*.tmp"):
            unfinished.unlink()


def _is_whole(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except (OSError, ValueError):
        return False
    return True
