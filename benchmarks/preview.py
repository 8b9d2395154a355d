"""`rez preview --base` against the engine's own preview of the same program and state."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measure import Figure, median, run
from infra.local import paths, toolchain
from infra.preview import trees, virtualenvs
from infra.preview.dummies import with_dummies
from infra.preview.sandbox import Sandbox
from infra.settings.inventory import INVENTORY

_REPEATS = 5
_STACK = "production"
_REZ = ("-P", "-c", "from infra.cli import main; main()", "preview", "--base", "HEAD", "--head", "HEAD")


def main() -> list[str]:
    """Measure; the local system is not needed.

    Returns:
        Lines of Markdown.
    """
    with tempfile.TemporaryDirectory(prefix="rez-bench-") as name:
        folder = Path(name)
        warm = _repository(folder / "warm", virtualenvs.running())
        plain, env = _recorded(folder)
        ours, cold, theirs = [], [], []
        for number in range(_REPEATS):  # in turns, so that a busy moment of the machine hits all
            ours.append(_preview(warm))
            theirs.append(run(_pulumi(), cwd=plain, env=env))
            cold.append(_preview(_repository(folder / f"cold{number}", _uncompiled(folder / f"packages{number}"))))
    rows = {"`rez preview --base`": ours, "the same, no Python bytecode cached": cold, "`pulumi preview`": theirs}
    table = ["| run | median s | min s | peak MiB |", "|---|---|---|---|"]
    table += [_row(name, figures) for name, figures in rows.items()]
    ratio = median(ours).wall_s / median(theirs).wall_s
    return [*table, f"| ratio to `pulumi preview` | {ratio:.2f} | | |"]


def _row(name: str, figures: list[Figure]) -> str:
    middle = median(figures)
    return f"| {name} | {middle.wall_s:.2f} | {min(f.wall_s for f in figures):.2f} | {middle.peak_mib} |"


def _repository(root: Path, packages: Path) -> Path:
    """This checkout, committed, in a repository and an environment of its own."""
    trees.copy(paths.ROOT, trees.WORKING_TREE, root)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for args in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "bench"]):
        subprocess.run(["git", *identity, *args], cwd=root, check=True)
    virtualenvs.borrow(root, packages)
    return root


def _recorded(folder: Path) -> tuple[Path, dict[str, str]]:
    """The program with its recorded state, for the engine alone, and the environment for it."""
    tree = trees.copy(paths.ROOT, trees.WORKING_TREE, folder / "plain")
    (folder / "state-of-plain").mkdir()
    sandbox = Sandbox(folder / "state-of-plain", _STACK, paths.ROOT)
    sandbox.prepare(tree)
    file = tree.folder / f"Pulumi.{_STACK}.yaml"
    file.write_text(with_dummies(file.read_text(), [secret.name for secret in INVENTORY]))
    if why := sandbox.declare(tree):
        raise RuntimeError(why)
    return tree.folder, sandbox.env


def _pulumi() -> list[str]:
    found = toolchain.locate("pulumi")
    if found is None:
        raise SystemExit("no engine: run `make engine` first")
    return [str(found.path), "preview", "--stack", _STACK, "--non-interactive"]


def _preview(repository: Path) -> Figure:
    return run([str(virtualenvs.interpreter(repository)), *_REZ], cwd=repository, env=os.environ)


def _uncompiled(folder: Path) -> Path:
    """Packages that were never imported: links to all files of the installed ones but the cached bytecode."""
    source = virtualenvs.running()
    for place, folders, names in os.walk(source):
        folders[:] = [each for each in folders if each != "__pycache__"]
        target = folder / Path(place).relative_to(source)
        target.mkdir(parents=True)
        for each in names:
            (target / each).symlink_to(Path(place) / each)
    return folder
