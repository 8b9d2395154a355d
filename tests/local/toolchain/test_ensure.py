"""Building what is absent: once, whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.errors import RezError
from infra.local import paths
from infra.local.toolchain import TOOLS, ensure
from infra.local.toolchain.build import duration
from infra.local.toolchain.find import cache_folder
from infra.local.toolchain.tools import KUBERNETES

Script = Callable[..., Path]
FakeGo = Callable[..., Path]


def builds(calls: Path) -> list[str]:
    return [line for line in calls.read_text().splitlines() if line.startswith("build")]


def leftovers() -> list[str]:
    return [path.name for path in paths.toolchain().glob(".*")]


def test_an_absent_tool_is_built_and_announced(fake_go: FakeGo, calls: Path, said: list[str]) -> None:
    fake_go()
    path = ensure(["etcd"], said.append)["etcd"]
    assert path == cache_folder(TOOLS["etcd"]) / "bin/etcd"
    assert path.read_text() == "built\n"
    label = f"etcd {TOOLS['etcd'].version}"
    assert said == [f"building {label}: usually 30 s on 2 cores", f"built {label} in 0 s"]
    assert len(builds(calls)) == 1
    assert leftovers() == []


def test_a_second_call_builds_nothing_and_says_nothing(fake_go: FakeGo, calls: Path, said: list[str]) -> None:
    fake_go()
    ensure(["etcd"], said.append)
    said.clear()
    ensure(["etcd"], said.append)
    assert said == []
    assert len(builds(calls)) == 1


def test_what_is_on_path_is_not_built(fake_go: FakeGo, script: Script, calls: Path, said: list[str]) -> None:
    fake_go()
    official = script("pulumi", "echo v3.230.1")
    assert ensure(["pulumi"], said.append) == {"pulumi": official}
    assert builds(calls) == []


def test_kubernetes_is_called_by_six_names_and_brings_kubectl(fake_go: FakeGo, calls: Path, said: list[str]) -> None:
    fake_go()
    made = ensure(["kubectl", "kubernetes"], said.append)
    names = {path.name for path in made["kubernetes"].parent.iterdir()}
    assert names == {"kubernetes", "kubectl", *KUBERNETES}
    assert made["kubectl"].resolve() == made["kubernetes"].resolve()
    assert len(builds(calls)) == 1


def test_builds_are_pure_go_and_ignore_workspaces(fake_go: FakeGo, tmp_path: Path, said: list[str]) -> None:
    fake_go(f'echo "$CGO_ENABLED $GOWORK $GOFLAGS" > {tmp_path}/seen')
    os.environ["GOFLAGS"] = "-p=1"
    try:
        ensure(["etcd"], said.append)
    finally:
        del os.environ["GOFLAGS"]
    assert (tmp_path / "seen").read_text() == "0 off -p=1\n"


def test_a_failed_build_shows_the_compilers_last_lines(fake_go: FakeGo, said: list[str]) -> None:
    fake_go("i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i. >&2; done; exit 2")
    with pytest.raises(
        RezError, match=r"(?s)etcd .* could not be built: go build ended with 2\n  line 11\..*line 30\."
    ) as e:
        ensure(["etcd"], said.append)
    assert "line 10." not in str(e.value)
    assert e.value.exit_code == 1
    assert leftovers() == []
    assert not cache_folder(TOOLS["etcd"]).exists()


def test_what_a_killed_build_left_is_swept_and_never_counts(fake_go: FakeGo, said: list[str]) -> None:
    fake_go()
    folder = cache_folder(TOOLS["etcd"])
    for name in (folder.name, f".{folder.name}.abc"):
        (folder.with_name(name) / "bin").mkdir(parents=True)
    assert ensure(["etcd"], said.append)["etcd"].exists()
    assert leftovers() == []


def test_two_people_at_once_build_once(fake_go: FakeGo, calls: Path) -> None:
    fake_go("/bin/sleep 0.4")
    said: list[str] = []
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: ensure(["etcd"], said.append), range(2)))
    assert made[0] == made[1]
    assert len(builds(calls)) == 1
    assert sum(line.startswith("waiting for another process that makes etcd-") for line in said) == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (28, "28 s"), (60, "1 min"), (280.4, "4 min 40 s"), (59.6, "1 min")]
)
def test_durations_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
def test_ctrl_c_ends_go_with_all_it_started(fake_go: FakeGo, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    # A background job of sh ignores SIGINT, as a stubborn compiler would.
    fake_go(f"/bin/sleep 60 & echo $$ $! > {pids}.new; /bin/mv {pids}.new {pids}; wait")
    code = "from infra.local.toolchain import ensure; ensure(['etcd'], print)"
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not pids.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    assert [pid for pid in map(int, pids.read_text().split()) if alive(pid)] == []
    assert leftovers() == []
    assert not cache_folder(TOOLS["etcd"]).exists()
