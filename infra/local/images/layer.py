"""Layers: files written as a tar whose bytes depend on nothing but the files."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EXECUTABLE = 0o755
PLAIN = 0o644


@dataclass(frozen=True)
class Entry:
    """One file, symbolic link or folder of an image.

    Attributes:
        path: Where it is in the image, without a leading slash.
        source: A file to copy, or the content itself; None for a folder.
        mode: Permission bits.
        link: The target if it is a symbolic link, else "".
    """

    path: str
    source: Path | bytes | None = None
    mode: int = PLAIN
    link: str = ""


@dataclass(frozen=True)
class Blob:
    """A file named by its content, as an OCI layout stores it."""

    path: Path
    sha256: str
    size: int


def tree(root: Path, prefix: str, *, keep: Callable[[PurePosixPath], bool] = lambda _path: True) -> Iterator[Entry]:
    """Yield every file and symbolic link below a folder.

    Args:
        root: The folder.
        prefix: Where the folder's content goes in the image, without slashes at its ends.
        keep: Whether to take a file, by its path relative to `root`.

    Yields:
        An entry for each file, in no particular order.
    """
    for folder, names, files in os.walk(root):
        for name in [*files, *(each for each in names if Path(folder, each).is_symlink())]:
            file = Path(folder, name)
            relative = PurePosixPath(file.relative_to(root).as_posix())
            if not keep(relative):
                continue
            if file.is_symlink():
                yield Entry(f"{prefix}/{relative}", mode=0o777, link=str(file.readlink()))
            else:
                mode = EXECUTABLE if file.stat().st_mode & 0o111 else PLAIN
                yield Entry(f"{prefix}/{relative}", file, mode)


def with_parents(entries: Iterable[Entry]) -> list[Entry]:
    """Complete a layer with the folders its files are in, sorted so that a folder comes before its files."""
    named = {entry.path: entry for entry in entries}
    for path in list(named):
        for parent in PurePosixPath(path).parents:
            if str(parent) != ".":
                named.setdefault(str(parent), Entry(str(parent), mode=EXECUTABLE))
    return sorted(named.values(), key=lambda entry: PurePosixPath(entry.path).parts)


def write_layer(entries: Iterable[Entry], out: Path) -> Blob:
    """Write a layer, uncompressed: on one machine, unpacking would cost more than reading.

    Args:
        entries: What the layer holds; missing parent folders are added.
        out: The file to write.

    Returns:
        The layer; the same entries give the same digest on every run.
    """
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as archive:
        for entry in with_parents(entries):
            add(archive, entry)
    with out.open("rb") as written:
        return Blob(out, hashlib.file_digest(written, "sha256").hexdigest(), out.stat().st_size)


def add(archive: tarfile.TarFile, entry: Entry) -> None:
    """Append one entry, owned by root and without a time, whoever packs it and whenever."""
    header = tarfile.TarInfo(entry.path)
    header.mode = entry.mode
    if entry.link:
        header.type, header.linkname = tarfile.SYMTYPE, entry.link
        archive.addfile(header)
    elif entry.source is None:
        header.type = tarfile.DIRTYPE
        archive.addfile(header)
    elif isinstance(entry.source, bytes):
        header.size = len(entry.source)
        archive.addfile(header, io.BytesIO(entry.source))
    else:
        header.size = entry.source.stat().st_size
        with entry.source.open("rb") as content:
            archive.addfile(header, content)
