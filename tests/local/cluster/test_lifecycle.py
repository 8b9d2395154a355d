from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PreconditionError, UnavailableError
from infra.local.cluster import lifecycle
from infra.local.cluster.layout import Machine
from infra.local.cluster.lifecycle import Running
from infra.local.process import Process, children, started

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = {"etcd": Path("/tools/etcd")}


@pytest.fixture(autouse=True)
def run(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("own") / "run"  # short enough for real nodes, whatever the test is called
    monkeypatch.setenv("REZ_RUN", str(folder))
    return folder


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def facts(pid: int, **changed: int) -> dict[str, int | None]:
    return {"pid": pid, "started": started(pid), **changed}


def describe(
    run: Path, gateway: dict[str, Any] | None = None, first: dict[str, Any] | None = None, **machine: Any
) -> Machine:
    run.mkdir(exist_ok=True)
    made = Machine(str(run), {}, **machine)
    made.write(run / "machine.json")
    alive = facts(os.getpid())
    content = {"gateway": gateway or alive, "machine": first or alive, "services": {"a/b": {"80": 8080}}}
    (run / "gateway.json").write_text(json.dumps(content))
    return made


def test_nothing_is_found_in_an_empty_or_missing_folder(run: Path) -> None:
    assert lifecycle.find() is None
    run.mkdir()
    assert lifecycle.find() is None


def test_a_running_cluster_is_found_with_its_ports(run: Path) -> None:
    machine = describe(run, api_port=7443)
    found = lifecycle.find()
    assert found
    assert found.machine == machine
    assert found.services == {"a/b": {"80": 8080}}


@pytest.mark.parametrize("who", ["gateway", "first"])
@pytest.mark.parametrize("stale", [{"pid": 2**22 + 1, "started": 5}, {"pid": os.getpid(), "started": 5}])
def test_ended_or_reused_processes_are_not_a_running_cluster(run: Path, who: str, stale: dict[str, int]) -> None:
    describe(run, **{who: stale})
    assert lifecycle.find() is None


@pytest.mark.parametrize("hidden", ["/run/rez", "/var/lib/rez", "/var/log/rez", "/var/run/rez"])
def test_folders_that_the_nodes_hide_are_refused(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    monkeypatch.setenv("REZ_RUN", hidden)
    with pytest.raises(PreconditionError, match="set REZ_RUN elsewhere"):
        lifecycle._described(TOOLS, simulated=False)
    assert not Path(hidden).exists()


def test_a_new_folder_is_its_owners_alone_and_gets_a_free_port(run: Path) -> None:
    machine = lifecycle._described(TOOLS, simulated=False)
    assert run.stat().st_mode & 0o777 == 0o700
    assert machine.tools == {"etcd": "/tools/etcd"}
    with closing(socket.create_server(("127.0.0.1", machine.api_port))):
        pass


def test_an_earlier_start_keeps_its_port_but_not_its_tools(run: Path) -> None:
    describe(run, gateway={"pid": 2**22 + 1, "started": 1}, api_port=7443, nodes=1)
    machine = lifecycle._described(TOOLS, simulated=False)
    assert (machine.api_port, machine.nodes, machine.tools) == (7443, 1, {"etcd": "/tools/etcd"})


@pytest.mark.parametrize("simulated", [True, False])
@pytest.mark.parametrize("state", ["running", "killed"])
def test_real_and_simulated_nodes_never_mix(run: Path, state: str, *, simulated: bool) -> None:
    stale = {"pid": 2**22 + 1, "started": 1}
    describe(run, gateway=None if state == "running" else stale, simulated=not simulated)
    kind = "real" if simulated else "simulated"
    with pytest.raises(PreconditionError, match=f"holds a cluster with {kind} nodes: `rez local down` first"):
        lifecycle.start(TOOLS, simulated=simulated)


def test_a_running_cluster_is_not_started_again(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    describe(run)
    monkeypatch.setattr(lifecycle, "_spawn", lambda _: pytest.fail("started"))
    assert lifecycle.start(TOOLS) == lifecycle.find()


def test_a_foreign_context_is_never_taken_for_a_cluster_of_ours(run: Path) -> None:
    run.mkdir()
    (run / "kubeconfig").write_text(json.dumps({"current-context": "company"}))
    with pytest.raises(PreconditionError, match="stack local is on context company: `rez local down` first"):
        lifecycle.start(TOOLS)
    assert not (run / "machine.json").exists()


def test_a_cluster_that_ends_at_once_names_its_log(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setattr(lifecycle, "_spawn", lambda _: Process(ended.pid, 1))
    with pytest.raises(UnavailableError, match=r"machine\.log"):
        lifecycle.start(TOOLS, simulated=True)


def test_a_gateway_that_nobody_could_find_ends_with_an_interrupted_start(
    run: Path, monkeypatch: pytest.MonkeyPatch, sleeper: subprocess.Popen[bytes]
) -> None:
    def spawned(_: Machine) -> Process | None:
        def interrupted() -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(lifecycle, "find", interrupted)
        return Process.of(sleeper.pid)

    monkeypatch.setattr(lifecycle, "_spawn", spawned)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.start(TOOLS, simulated=True)
    assert sleeper.wait(5)


def test_stopping_nothing_says_so() -> None:
    assert lifecycle.stop() is False


def test_stopping_ends_the_processes_and_removes_the_folder(run: Path) -> None:
    script = "trap 'kill $!; exit' TERM; sleep 60 & wait"
    with subprocess.Popen(["sh", "-c", script]) as gateway:
        while not (found := children(gateway.pid)) or Path(f"/proc/{found[0]}/comm").read_text() != "sleep\n":
            time.sleep(0.01)
        describe(run, gateway=facts(gateway.pid), first=facts(found[0]), simulated=True)
        assert lifecycle.stop() is True
    assert not run.exists()
    assert Process.of(found[0]) is None


def test_daemons_that_outlive_the_first_process_are_waited_for(
    run: Path, sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    me = Process.of(os.getpid())
    assert me
    machine = Machine(str(run), {}, simulated=True)
    run.mkdir()
    monkeypatch.setattr(lifecycle, "find", lambda: Running(machine, me, me, {}))
    monkeypatch.setattr(Process, "end", lambda _: None)
    monkeypatch.setattr(Process, "wait", lambda self, _: waited.append(self.pid) or True)
    assert lifecycle.stop()
    assert waited[0] == os.getpid()
    assert sleeper.pid in waited  # beside what other tests keep running below this process


def test_what_a_killed_start_left_is_removed(run: Path) -> None:
    run.mkdir()
    (run / "pki").mkdir()
    assert lifecycle.stop() is True
    assert not run.exists()
