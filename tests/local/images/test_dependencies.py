"""The app's dependencies are exact, and the lock file names no machine's registry."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from infra.local.images.build import APP
from infra.local.images.dependencies import dependency_entries, lock_hash

if TYPE_CHECKING:
    from pathlib import Path


def test_every_dependency_is_exact_and_the_lock_names_no_registry() -> None:
    package = json.loads((APP / "package.json").read_text())
    lock = json.loads((APP / "package-lock.json").read_text())
    assert all(version[0].isdigit() for version in package["dependencies"].values())
    assert not [name for name, locked in lock["packages"].items() if "resolved" in locked]
    assert all(locked["integrity"].startswith("sha512-") for name, locked in lock["packages"].items() if name)


def test_another_lock_is_another_set_of_dependencies(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(APP / name, tmp_path)
    assert lock_hash(tmp_path) == lock_hash(APP)
    (tmp_path / "package-lock.json").write_text("{}")
    assert lock_hash(tmp_path) != lock_hash(APP)


def test_what_no_process_reads_stays_out(tmp_path: Path) -> None:
    for name in ("index.js", "index.d.ts", "index.js.map", "README.md", "LICENSE"):
        (tmp_path / name).touch()
    paths = {entry.path for entry in dependency_entries(tmp_path)}
    assert paths == {"app/node_modules/index.js", "app/node_modules/LICENSE"}
