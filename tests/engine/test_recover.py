from __future__ import annotations

import json
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from infra.engine import Engine
from infra.errors import PreconditionError, RezError
from infra.local import paths

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Fake

URN = "urn:pulumi:local::rez-infra::kubernetes:core/v1:Service::it"


def leave_lock() -> Path:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock = paths.pulumi_state() / ".pulumi/locks/organization/rez-infra/local/one.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": ended.pid, "hostname": socket.gethostname()}))
    return lock


def exports(pulumi: Fake, operations: list[dict[str, object]]) -> None:
    state = pulumi.folder / "state.json"
    state.write_text(json.dumps({"deployment": {"pending_operations": operations}}))
    pulumi.does(f'if [ "$2" = export ]; then cat {state}; fi')


def test_without_a_dead_lock_the_engine_is_not_asked(pulumi: Fake) -> None:
    Engine("local").recover()
    assert pulumi.calls == []


def test_a_dead_lock_alone_is_only_removed(pulumi: Fake) -> None:
    lock = leave_lock()
    exports(pulumi, [])
    Engine("local").recover()
    assert pulumi.calls == ["stack export --stack local"]
    assert not lock.exists()


def test_a_creation_in_the_middle_is_adopted(pulumi: Fake, capsys: pytest.CaptureFixture[str]) -> None:
    leave_lock()
    state = pulumi.folder / "state.json"
    resource = {
        "urn": URN,
        "type": "kubernetes:core/v1:Service",
        "inputs": {"metadata": {"namespace": "production", "name": "api"}},
    }
    operation = {"type": "creating", "resource": resource}
    state.write_text(json.dumps({"deployment": {"pending_operations": [operation]}}))
    imported = pulumi.folder / "imported.json"
    pulumi.does(f'[ "$2" = export ] && cat {state}; [ "$2" = import ] && cat > {imported}; true')
    Engine("local").recover()
    deployment = json.loads(imported.read_text())["deployment"]
    assert deployment["pending_operations"] == []
    assert [r["id"] for r in deployment["resources"]] == ["production/api"]
    assert "killed in the middle" in capsys.readouterr().err


def test_a_changing_command_recovers_first_and_a_preview_never(pulumi: Fake) -> None:
    lock = leave_lock()
    exports(pulumi, [])
    Engine("local").preview(on_line=str)
    assert lock.exists()
    Engine("local").run(["--color", "never", "dn", "--stack", "local"], on_line=str)
    assert not lock.exists()


@pytest.mark.parametrize("command", ["up", "preview", "destroy", "refresh"])
@pytest.mark.parametrize("content", ["", "{}", '{"version":3,"chec'])
def test_a_damaged_state_is_refused_in_one_line_before_the_engine_starts(
    pulumi: Fake, command: str, content: str
) -> None:
    state = paths.pulumi_state() / ".pulumi/stacks/rez-infra/local.json"
    state.parent.mkdir(parents=True)
    state.write_text(content)
    with pytest.raises(PreconditionError, match=r"stack local is damaged: .*rez state restore --stack local") as told:
        Engine("local").run([command, "--yes"], on_line=str)
    assert len(str(told.value).splitlines()) == 1
    assert pulumi.calls == []
    assert state.read_text() == content


def test_what_a_kill_cut_is_mended_and_not_refused(pulumi: Fake) -> None:
    leave_lock()
    state = paths.pulumi_state() / ".pulumi/stacks/rez-infra/local.json"
    state.parent.mkdir(parents=True)
    state.write_text("")
    whole = json.dumps({"checkpoint": {"stack": "organization/rez-infra/local"}})
    state.with_name("local.json.bak").write_text(whole)
    exports(pulumi, [])
    Engine("local").recover()
    assert state.read_text() == whole


def test_a_lock_freed_by_hand_is_followed_by_adoption(pulumi: Fake) -> None:
    exports(pulumi, [{"type": "creating", "resource": {"urn": URN, "type": "x", "inputs": {}}}])
    assert Engine("local").run(["cancel", "--yes"]) == 0
    assert pulumi.calls == ["cancel --yes", "stack export --stack local", "stack import --stack local"]


def test_a_lock_that_could_not_be_freed_is_not(pulumi: Fake) -> None:
    pulumi.does("exit 1")
    assert Engine("local").run(["cancel", "--yes"]) == 1
    assert pulumi.calls == ["cancel --yes"]


def test_only_an_engine_that_ended_well_is_forgotten(pulumi: Fake) -> None:
    def noted() -> list[str]:
        return [p.name for p in (paths.cache() / "engines").glob("*")]

    pulumi.does("sleep 0.1")
    Engine("local").up(on_line=str)
    assert noted() == []
    pulumi.does("sleep 0.1; kill -9 $$")
    with pytest.raises(RezError):
        Engine("local").up(on_line=str)
    assert len(noted()) == 1
