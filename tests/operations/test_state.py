from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from infra.engine.folder_files import FolderFiles
from infra.engine.state_files import Version, checkpoint_of, locks_of
from infra.errors import LockHeld, PreconditionError, RezError
from infra.operations import state

if TYPE_CHECKING:
    from pathlib import Path

NAME = checkpoint_of("local")


def content(*urns: str) -> bytes:
    resources = [{"urn": urn} for urn in urns]
    document = {"checkpoint": {"stack": "organization/rez-infra/local", "latest": {"resources": resources}}}
    return json.dumps(document).encode()


@dataclass
class Engine:
    """What the operation needs of one."""

    files: Any
    stack: str = "local"
    readable: bool = True
    calls: list[str] = field(default_factory=list)

    def exists(self) -> bool:
        self.calls.append("exists")
        return self.readable

    def adopt(self) -> None:
        assert self.files.names(locks_of(self.stack)) == []
        self.calls.append("adopt")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderFiles:
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    found = FolderFiles(tmp_path)
    for step in (content("a"), content("a", "b"), content("a", "b", "c")):
        found.write(NAME, step)
    return found


@pytest.fixture
def engine(files: FolderFiles) -> Any:
    return Engine(files)


def version_of(files: FolderFiles, wanted: bytes) -> str:
    return next(v.id for v in files.versions(NAME) if files.read_version(NAME, v) == wanted)


def test_versions_tell_what_is_in_them(engine: Any, files: FolderFiles) -> None:
    files.write(NAME, b"cut {")
    found = state.rows(engine)
    assert [len(row.resources) for row in found] == [0, 3, 2, 1]
    assert [bool(row.damage) for row in found] == [True, False, False, False]
    assert [row.version.current for row in found] == [True, False, False, False]


def test_a_damaged_state_gets_its_newest_whole_version(engine: Any, files: FolderFiles) -> None:
    for damage in (b"cut {", b"{}"):
        files.write(NAME, damage)
    done = state.restore(engine, None)
    assert files.read(NAME) == content("a", "b", "c")
    assert done.now == "no state as the engine writes it"
    assert (done.forgotten, done.remembered) == ((), ())
    assert engine.calls == ["exists", "adopt"]
    assert files.names(locks_of("local")) == []


def test_a_state_that_is_gone_comes_back(engine: Any, files: FolderFiles) -> None:
    files.remove(NAME)
    assert state.restore(engine, None).now == "gone"
    assert files.read(NAME) == content("a", "b")


def test_a_whole_state_is_only_replaced_by_a_version_that_is_named(engine: Any, files: FolderFiles) -> None:
    with pytest.raises(PreconditionError, match=r"whole: to go back all the same, name a `--version`"):
        state.restore(engine, None)
    assert files.read(NAME) == content("a", "b", "c")
    done = state.restore(engine, version_of(files, content("a")))
    assert files.read(NAME) == content("a")
    assert done.forgotten == ("b", "c")
    back = state.restore(engine, version_of(files, content("a", "b", "c")))
    assert back.remembered == ("b", "c")
    assert files.read(NAME) == content("a", "b", "c")


def test_a_plan_touches_nothing(engine: Any, files: FolderFiles) -> None:
    files.write(NAME, b"cut {")
    before = [version.id for version in files.versions(NAME)]
    shown = "\n".join(state.plan(engine, None).lines())
    assert "the state is damaged: no JSON" in shown
    assert "3 resources" in shown
    assert files.read(NAME) == b"cut {"
    assert [version.id for version in files.versions(NAME)] == before
    assert engine.calls == []


@pytest.mark.parametrize("version", ["nope", "../../../etc/passwd", "local.json.attrs"])
def test_an_unknown_version_is_refused(engine: Any, files: FolderFiles, version: str) -> None:
    with pytest.raises(PreconditionError, match="is no version of this state"):
        state.restore(engine, version)
    assert files.read(NAME) == content("a", "b", "c")


def test_a_damaged_version_is_refused(engine: Any, files: FolderFiles) -> None:
    files.write(NAME, b"{}")
    files.write(NAME, content("a"))
    with pytest.raises(PreconditionError, match="is damaged itself: it is no state as the engine writes it"):
        state.restore(engine, version_of(files, b"{}"))
    assert files.read(NAME) == content("a")


def test_a_state_that_was_never_whole_is_said(engine: Any, tmp_path: Path) -> None:
    engine.files = FolderFiles(tmp_path / "other")
    engine.files.write(NAME, b"{}")
    with pytest.raises(PreconditionError, match="has no version that is whole"):
        state.restore(engine, None)


def test_somebody_at_work_is_not_disturbed(engine: Any, files: FolderFiles) -> None:
    files.write(NAME, b"cut {")
    holder = {"pid": 1, "username": "ci", "hostname": "elsewhere", "timestamp": "2026-11-25T10:00:00Z"}
    files.write(f"{locks_of('local')}/theirs.json", json.dumps(holder).encode())
    with pytest.raises(LockHeld, match=r"ci@elsewhere \(pid 1\) since 2026-11-25T10:00:00Z"):
        state.restore(engine, None)
    assert files.read(NAME) == b"cut {"


def test_an_engine_that_does_not_find_it_is_a_failure(engine: Any, files: FolderFiles) -> None:
    files.write(NAME, b"cut {")
    engine.readable = False
    with pytest.raises(RezError, match="the engine does not find it"):
        state.restore(engine, None)


def test_a_backend_elsewhere_is_said(engine: Any) -> None:
    engine.files = None
    for ask in (state.rows, lambda e: state.plan(e, None), lambda e: state.restore(e, None)):
        with pytest.raises(PreconditionError, match="PULUMI_BACKEND_URL"):
            ask(engine)


def at(minute: int, second: int) -> Version:
    return Version(f"{minute}:{second}", f"2026-11-25T10:{minute:02}:{second:02}+00:00", 1, current=False)


def test_of_older_runs_only_the_end_is_listed() -> None:
    newest = [at(40, second) for second in range(59, 39, -1)]
    older = [at(30, second) for second in range(59, 0, -1)]
    oldest = [at(20, 5), at(20, 4)]
    found = [version.id for version in state.shown([*newest, *older, *oldest])]
    assert found == [*(version.id for version in newest[:10]), "30:59", "20:5"]


def test_few_versions_are_all_listed() -> None:
    few = [at(40, 2), at(40, 1)]
    assert state.shown(few) == few
    assert state.shown([]) == []
