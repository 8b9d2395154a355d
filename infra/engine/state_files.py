"""The files of a backend that keeps its state as files: what is read, mended and brought back there by us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKPOINTS: Final = ".pulumi/stacks/"
"""Below here are the states; only these have versions."""


@dataclass(frozen=True)
class Version:
    """What a file once held.

    Attributes:
        id: By which it is asked for.
        written: When, ISO 8601 in UTC.
        size: In bytes.
        current: Whether the file holds it now.
    """

    id: str
    written: str
    size: int
    current: bool


class StateFiles(Protocol):
    """Files by their path below the backend's root, such as `.pulumi/meta.yaml`."""

    @property
    def shared(self) -> bool:
        """Whether other machines write here, so that a process id in a file may be one of theirs."""

    def names(self, folder: str) -> list[str]:
        """Paths of the files of a folder; empty if there is no such folder."""

    def read(self, name: str) -> bytes | None:
        """A file's content, None if there is no such file."""

    def write(self, name: str, content: bytes) -> None:
        """Replace or make a file; what a state was before stays as a version."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def versions(self, name: str) -> Sequence[Version]:
        """All that a state was and is, newest first."""

    def read_version(self, name: str, version: Version) -> bytes:
        """What a state was."""


def open_at(address: str) -> StateFiles | None:
    """The files of a backend; None for one that keeps no files, or keeps them where we cannot look.

    Args:
        address: Backend URL.
    """
    from infra.engine.folder_files import FolderFiles
    from infra.engine.s3_files import S3Files

    return FolderFiles.at(address) or S3Files.at(address)


def checkpoint_of(stack: str) -> str:
    """The file that holds a stack's state."""
    return f"{CHECKPOINTS}{PROJECT}/{stack}.json"


def locks_of(stack: str) -> str:
    """The folder of a stack's locks."""
    return f".pulumi/locks/organization/{PROJECT}/{stack}"


def backups_of(stack: str) -> str:
    """The folder of the copies that the engine makes of a stack's state after each update."""
    return f".pulumi/backups/{PROJECT}/{stack}"
