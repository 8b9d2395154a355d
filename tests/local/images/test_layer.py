"""Layers depend on nothing but their files."""

from __future__ import annotations

import os
import tarfile
from typing import TYPE_CHECKING

from infra.local.images.layer import EXECUTABLE, Entry, tree, with_parents, write_layer

if TYPE_CHECKING:
    from pathlib import Path


def test_the_digest_is_the_same_whatever_the_order_and_the_time(tmp_path: Path) -> None:
    file = tmp_path / "server.js"
    file.write_text("listen()")
    entries = [Entry("app/server.js", file), Entry("tmp", mode=0o1777), Entry("etc/passwd", b"root")]
    first = write_layer(entries, tmp_path / "first")
    os.utime(file, (1, 1))
    second = write_layer(reversed(entries), tmp_path / "second")
    assert first.sha256 == second.sha256


def test_the_digest_changes_with_the_content(tmp_path: Path) -> None:
    first = write_layer([Entry("a", b"1")], tmp_path / "first")
    second = write_layer([Entry("a", b"2")], tmp_path / "second")
    assert first.sha256 != second.sha256


def test_files_belong_to_root_and_have_no_time(tmp_path: Path) -> None:
    layer = write_layer([Entry("a", b"1", EXECUTABLE)], tmp_path / "layer")
    with tarfile.open(layer.path) as archive:
        member = archive.getmember("a")
    assert (member.uid, member.gid, member.mtime, member.mode) == (0, 0, 0, EXECUTABLE)


def test_folders_come_before_their_files_and_once_each() -> None:
    paths = [entry.path for entry in with_parents([Entry("usr/bin/env", b""), Entry("usr/lib/x", b""), Entry("tmp")])]
    assert paths == ["tmp", "usr", "usr/bin", "usr/bin/env", "usr/lib", "usr/lib/x"]


def test_a_named_folder_keeps_its_own_mode() -> None:
    entries = with_parents([Entry("tmp/file", b""), Entry("tmp", mode=0o1777)])
    assert entries[0] == Entry("tmp", mode=0o1777)


def test_a_tree_keeps_links_and_execution_and_leaves_out_what_is_not_wanted(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "cli.js").write_text("#!")
    (tmp_path / "cli.js").chmod(0o700)
    (tmp_path / "cli.js.map").write_text("{}")
    (tmp_path / "bin" / "cli").symlink_to("../cli.js")
    entries = {entry.path: entry for entry in tree(tmp_path, "app", keep=lambda path: path.suffix != ".map")}
    assert set(entries) == {"app/cli.js", "app/bin/cli"}
    assert entries["app/cli.js"].mode == EXECUTABLE
    assert entries["app/bin/cli"].link == "../cli.js"
