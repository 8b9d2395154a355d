"""Copies of a revision's files, made to run from: no link in them leads outside, nothing is left in the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import PreconditionError
from infra.text import line

if TYPE_CHECKING:
    from pathlib import Path

WORKING_TREE = ""
"""The name of what is in the checkout now, committed or not."""
_WANTED = ("--", ".", ":(exclude)tests", ":(exclude)benchmarks")
"""What programs and policies need; most of the files are tests', and writing them takes longer than all else."""
_RELATIVE = ("HEAD", "@")
"""Names that mean something else tomorrow, so that they tell a reader nothing."""


@dataclass(frozen=True)
class Tree:
    """A revision's files.

    Attributes:
        folder: Where they are.
        label: The revision for people.
        commit: Its hash; that of HEAD for the working tree.
    """

    folder: Path
    label: str
    commit: str


def copy(root: Path, revision: str, folder: Path) -> Tree:
    """Copy a revision.

    Args:
        root: The checkout.
        revision: As git names it, or `WORKING_TREE`.
        folder: Where to; it must not exist.

    Raises:
        PreconditionError: There is no such revision, or git cannot be used.
    """
    commit = resolve(root, revision or "HEAD")
    folder.mkdir(parents=True)
    if revision == WORKING_TREE:
        _copy_files(root, folder)
        return Tree(folder, f"working tree on {commit[:8]}", commit)
    index = folder.with_name(f"{folder.name}.index")
    _git(root, "read-tree", commit, index=index)
    names = _git(root, "ls-files", "-z", "--cached", *_WANTED, index=index)
    # A symbolic link becomes a file that holds its target: a stranger's must not lead to a file of ours.
    place = ("checkout-index", "-z", "--stdin", f"--prefix={folder}/")
    _git(root, "-c", "core.symlinks=false", *place, index=index, text=names)
    named = not commit.startswith(revision) and not revision.startswith(_RELATIVE)
    return Tree(folder, f"{revision} ({commit[:8]})" if named else commit[:8], commit)


def resolve(root: Path, revision: str) -> str:
    """The hash of a revision's commit.

    Raises:
        PreconditionError: There is no such revision, or git cannot be used.
    """
    asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]
    done = _run(root, *asked)
    if done.returncode and done.stderr:  # alone it may be a warning
        raise PreconditionError(f"git: {line(done.stderr)}")
    if done.returncode:
        remedy = "fetch it (a shallow clone has few), or name another revision"
        raise PreconditionError(f"{revision}: git knows no such commit here; {remedy}")
    return done.stdout.strip()


def contains(root: Path, commit: str, *, of: str) -> bool:
    """Whether a commit is an ancestor of another, or the same."""
    return _run(root, "merge-base", "--is-ancestor", commit, of).returncode == 0


def _copy_files(root: Path, folder: Path) -> None:
    """Copy what git tracks or would track."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_WANTED)
    for name in filter(None, dict.fromkeys(listed.split("\0"))):
        source, target = root / name, folder / name
        if not (source.is_symlink() or source.is_file()):  # one that was deleted is listed until that is committed
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():  # as a commit's is
            target.write_bytes(os.fsencode(source.readlink()))
        else:
            shutil.copy2(source, target)


def _git(root: Path, *args: str, index: Path | None = None, text: str = "") -> str:
    done = _run(root, *args, index=index, text=text)
    if done.returncode:
        raise PreconditionError(f"git: {line(done.stderr) or f'exit code {done.returncode}'}")
    return done.stdout


def _run(root: Path, *args: str, index: Path | None = None, text: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        done = subprocess.run(
            ["git", *args], cwd=root, env=env, input=os.fsencode(text), capture_output=True, check=False
        )
    except OSError as error:
        raise PreconditionError(f"git: {error.strerror}; install it") from None
    # Names of files may be any bytes.
    said = (os.fsdecode(stream) for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *said)
