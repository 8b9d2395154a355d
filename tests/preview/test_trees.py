"""Copies of revisions, from a small repository made here."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError
from infra.preview import trees

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "file").write_text("committed")
    (root / "removed").write_text("committed")
    (root / ".gitignore").write_text("ignored\n")
    (root / "link").symlink_to("/etc/passwd")
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


def git(root: Path, *args: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    return subprocess.run(
        ["git", *identity, *args], cwd=root, check=True, capture_output=True, text=True, errors="replace"
    ).stdout


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a commit")


def test_a_revision_is_copied_as_it_was_committed_and_the_repository_stays_as_it_is(repository: Path) -> None:
    (repository / "folder" / "file").write_text("changed")
    before = git(repository, "status", "--porcelain")
    tree = trees.copy(repository, "main", repository.parent / "copy")
    assert (tree.folder / "folder" / "file").read_text() == "committed"
    assert tree.commit == git(repository, "rev-parse", "HEAD").strip()
    assert tree.label == f"main ({tree.commit[:8]})"
    assert git(repository, "status", "--porcelain") == before
    assert not (repository / ".git" / "worktrees").exists()


@pytest.mark.parametrize(
    ("revision", "named"), [("main", True), ("main~0", True), ("HEAD", False), ("HEAD~0", False), ("@", False)]
)
def test_a_label_names_what_a_reader_knows_and_always_the_commit(
    repository: Path, revision: str, *, named: bool
) -> None:
    tree = trees.copy(repository, revision, repository.parent / "copy")
    assert tree.label == (f"{revision} ({tree.commit[:8]})" if named else tree.commit[:8])


def test_the_working_tree_is_copied_with_what_nobody_has_committed_and_without_what_is_gone(repository: Path) -> None:
    (repository / "folder" / "file").write_text("changed")
    (repository / "new").write_text("new")
    (repository / "ignored").write_text("ignored")
    (repository / "removed").unlink()
    folder = trees.copy(repository, trees.WORKING_TREE, repository.parent / "copy").folder
    assert sorted(file.name for file in folder.iterdir()) == [".gitignore", "folder", "link", "new"]
    assert (folder / "folder" / "file").read_text() == "changed"


@pytest.mark.parametrize("revision", ["main", trees.WORKING_TREE])
def test_tests_are_left_out(repository: Path, revision: str) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_a.py").touch()
    (repository / "folder" / "tests").touch()
    commit(repository)
    folder = trees.copy(repository, revision, repository.parent / "copy").folder
    assert not (folder / "tests").exists()
    assert (folder / "folder" / "tests").exists()


@pytest.mark.parametrize("revision", ["main", trees.WORKING_TREE])
def test_odd_names_are_names(repository: Path, revision: str) -> None:
    odd = (b"\xff", "ü".encode(), b"a\nb", b"a\r\nb", b'"', b"-rf")
    for name in odd:
        (repository / os.fsdecode(name)).write_text("x")
    commit(repository)
    folder = trees.copy(repository, revision, repository.parent / "copy").folder
    assert all((folder / os.fsdecode(name)).read_text() == "x" for name in odd)


@pytest.mark.parametrize("revision", ["main", trees.WORKING_TREE])
def test_a_link_becomes_a_file_that_leads_nowhere(repository: Path, revision: str) -> None:
    folder = trees.copy(repository, revision, repository.parent / "copy").folder
    assert not (folder / "link").is_symlink()
    assert (folder / "link").read_text() == "/etc/passwd"


@pytest.mark.parametrize("revision", ["nowhere", "--help", "main..main", "HEAD:folder"])
def test_what_is_no_revision_is_refused_with_its_name(repository: Path, revision: str) -> None:
    with pytest.raises(PreconditionError, match=revision):
        trees.copy(repository, revision, repository.parent / "copy")


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreconditionError, match=r"^git: fatal: not a git repository[^;]*$"):
        trees.copy(tmp_path, "main", tmp_path / "copy")


def test_an_ancestor_is_contained(repository: Path) -> None:
    first = trees.resolve(repository, "main")
    (repository / "new").write_text("new")
    commit(repository)
    second = trees.resolve(repository, "main")
    assert trees.contains(repository, first, of=second)
    assert not trees.contains(repository, second, of=first)
