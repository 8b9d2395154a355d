"""State files in a folder of this machine (`file://`)."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from infra.engine.state_files import CHECKPOINTS, Version, backups_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEME = "file://"
ATTRIBUTES = ".attrs"
"""What the backend appends to a file's name for the file that describes it; it does without where there is none."""
COPY = ".bak"
"""What it appends for the copy of what a state was one step before."""


@dataclass(frozen=True)
class FolderFiles:
    """Files below a folder."""

    root: Path

    @classmethod
    def at(cls, address: str) -> Self | None:
        """The files that a backend's URL names; None if it names no folder."""
        if not address.startswith(_SCHEME):
            return None
        return cls(Path(unquote(address.removeprefix(_SCHEME).partition("?")[0])).expanduser())

    @property
    def shared(self) -> bool:
        """A folder's processes are this machine's."""
        return False

    def names(self, folder: str) -> list[str]:
        """Paths of the files of a folder, without the backend's descriptions of them."""
        found = sorted((self.root / folder).glob("*"))
        return [f"{folder}/{p.name}" for p in found if p.is_file() and not p.name.endswith(ATTRIBUTES)]

    def read(self, name: str) -> bytes | None:
        """A file's content."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Replace a file whole; a state that was there is kept among the engine's own copies."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith(CHECKPOINTS) and file.exists():
            kept = self.root / backups_of(file.stem) / f"{file.stem}.{time.time_ns()}{file.suffix}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(file.read_bytes())
        fresh = file.with_name(f"{file.name}.{os.getpid()}.tmp")
        fresh.write_bytes(content)
        self._forget_description(file)
        fresh.replace(file)

    def remove(self, name: str) -> None:
        """Remove a file and its description."""
        self._forget_description(self.root / name)
        (self.root / name).unlink(missing_ok=True)

    def versions(self, name: str) -> Sequence[Version]:
        """What the file holds, held one step before, and held after each update."""
        file = self.root / name
        copies = [file.with_name(file.name + COPY), *(self.root / backups_of(file.stem)).glob(f"*{file.suffix}")]
        found = [(p.stat(), p) for p in (file, *copies) if p.is_file()]
        found.sort(key=lambda each: (each[1] == file, each[0].st_mtime_ns), reverse=True)
        return [Version(p.name, _time(facts), facts.st_size, p == file) for facts, p in found]

    def read_version(self, name: str, version: Version) -> bytes:
        """What the file held, from wherever it is kept."""
        file = self.root / name
        beside = file.with_name(version.id)
        return (beside if beside.exists() else self.root / backups_of(file.stem) / version.id).read_bytes()

    @staticmethod
    def _forget_description(file: Path) -> None:
        file.with_name(file.name + ATTRIBUTES).unlink(missing_ok=True)


def _time(facts: os.stat_result) -> str:
    return datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds")
