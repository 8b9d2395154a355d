from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra import program
from infra.engine import Engine
from infra.errors import DriftFound, PolicyViolation, PreconditionError, RezError, SettingsError, UnavailableError
from infra.local import paths
from infra.local.atlas import access

if TYPE_CHECKING:
    from tests.engine.conftest import Fake

DIAGNOSTIC = {"diagnosticEvent": {"message": "Service x: field is immutable", "severity": "error"}}
RELEASE = "v2=docker.io/rezapp/merchant-backend@sha256:22"


class TestEnvironment:
    def test_an_official_engine_keeps_its_home_on_other_stacks(self, pulumi: Fake) -> None:
        env = Engine("production").environment()
        assert "PULUMI_HOME" not in env
        assert "PULUMI_BACKEND_URL" not in env
        assert "PULUMI_CONFIG_PASSPHRASE" not in env
        assert not paths.pulumi_home().exists()
        assert env["PULUMI_STACK"] == "production"

    def test_the_kubeconfig_of_other_stacks_is_the_persons(self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KUBECONFIG", "/mine")
        assert Engine("production").environment()["KUBECONFIG"] == "/mine"

    def test_stack_local_has_a_home_backend_and_kubeconfig_of_its_own(
        self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KUBECONFIG", "/mine")
        env = Engine("local").environment()
        assert env["PULUMI_HOME"] == str(paths.pulumi_home())
        assert env["PULUMI_BACKEND_URL"] == f"file://{paths.pulumi_state()}"
        assert env["KUBECONFIG"] == str(paths.kubeconfig())
        assert list(paths.pulumi_home().glob("plugins/resource-kubernetes-*/pulumi-resource-kubernetes"))

    def test_stack_local_takes_nothing_that_may_be_productions(
        self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in (
            *("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
            *("PULUMI_CLOUD_SECRET_OVERRIDE", "MONGODB_ATLAS_BASE_URL", "MONGODB_ATLAS_PRIVATE_KEY"),
        ):
            monkeypatch.setenv(name, "production's")
        assert "production's" not in Engine("local").environment().values()

    def test_stack_local_finds_its_own_atlas_or_does_without(
        self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("REZ_RUN", str(tmp_path))
        assert Engine("local").environment()[program.NO_DATABASE_VARIABLE] == "true"
        access.file().parent.mkdir()
        access.write(access.file(), "http://127.0.0.1:1", "public", "canary")
        assert access.file().stat().st_mode & 0o77 == 0
        env = Engine("local").environment()
        assert (env["MONGODB_ATLAS_BASE_URL"], env["MONGODB_ATLAS_PRIVATE_API_KEY"]) == ("http://127.0.0.1:1", "canary")
        assert program.NO_DATABASE_VARIABLE not in env

    def test_other_stacks_take_what_a_person_has_set(self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
        given = {
            "PULUMI_HOME": "/home/of/mine",
            "PULUMI_BACKEND_URL": "file:///elsewhere",
            "PULUMI_CONFIG_PASSPHRASE": "mine",
            "PULUMI_OPTION_POLICY_PACK": "/pack",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        env = Engine("production").environment()
        assert {name: env[name] for name in given} == given

    def test_an_empty_policy_pack_does_not_switch_policies_off(
        self, pulumi: Fake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK", "")
        assert Engine("production").environment()["PULUMI_OPTION_POLICY_PACK"] == str(paths.ROOT / "policies")

    def test_the_policy_pack_is_always_on(self, pulumi: Fake) -> None:
        assert Engine("production").environment()["PULUMI_OPTION_POLICY_PACK"] == str(paths.ROOT / "policies")

    def test_a_built_engine_has_our_home_on_every_stack(self, pulumi: Fake, tmp_path: Path) -> None:
        from infra.local.toolchain import TOOLS
        from infra.local.toolchain.find import cache_folder

        built = cache_folder(TOOLS["pulumi"]) / "bin" / "pulumi"
        built.parent.mkdir(parents=True)
        (pulumi.folder / "pulumi").rename(built)
        env = Engine("production").environment()
        assert env["PULUMI_HOME"] == str(paths.pulumi_home())
        assert env["PATH"].split(":")[0] == str(built.parent)
        assert "PULUMI_BACKEND_URL" not in env

    def test_no_engine_is_refused_with_the_remedy(self, pulumi: Fake) -> None:
        (pulumi.folder / "pulumi").unlink()
        with pytest.raises(PreconditionError, match="make local"):
            Engine("local").environment()


class TestRun:
    def test_every_line_reaches_the_caller(self, pulumi: Fake) -> None:
        pulumi.does("echo one; echo two >&2; echo three")
        lines: list[str] = []
        Engine("local").up(on_line=lines.append)
        assert lines == ["one", "two", "three"]

    def test_up_names_stack_targets_and_release(self, pulumi: Fake) -> None:
        Engine("local").up(RELEASE, ["**rez:api:Api**"], on_line=str)
        call = pulumi.calls[-1]
        assert call.startswith("up --yes --stack local --non-interactive ")
        assert "--target **rez:api:Api**" in call
        assert pulumi.environment["REZ_RELEASE"] == RELEASE

    def test_a_record_is_in_a_file_that_is_gone_after_the_run(self, pulumi: Fake) -> None:
        pulumi.does(f'cp "$REZ_RECORD" {pulumi.folder}/record')
        Engine("local").up(RELEASE, on_line=str, record='{"spec":{}}')
        assert (pulumi.folder / "record").read_text() == '{"spec":{}}'
        assert not Path(pulumi.environment["REZ_RECORD"]).exists()
        Engine("local").preview(RELEASE, on_line=str, record='{"config":{}}')
        assert (pulumi.folder / "record").read_text() == '{"config":{}}'
        pulumi.does("exit 0")
        Engine("local").up(RELEASE, on_line=str)
        assert "REZ_RECORD" not in pulumi.environment

    def test_what_was_declared_is_read_from_the_state(self, pulumi: Fake) -> None:
        state = {"deployment": {"resources": [
            {"type": "pulumi:pulumi:Stack"}, {"type": "rez:api:Api", "outputs": {"rendered": "what was declared"}}
        ]}}  # fmt: skip
        pulumi.does(f"echo '{json.dumps(state)}'")
        assert Engine("local").rendered() == "what was declared"
        pulumi.does("""echo '{"deployment":{"resources":[{"type":"rez:api:Api"}]}}'""")
        assert Engine("local").rendered() == ""
        pulumi.does("exit 6")
        assert Engine("local").rendered() == ""

    def test_a_preview_brings_no_confirmation(self, pulumi: Fake) -> None:
        Engine("local").preview(on_line=str)
        assert pulumi.calls[-1].startswith("preview --diff --stack local")
        assert "REZ_RELEASE" not in pulumi.environment

    def test_a_preview_gives_its_events(self, pulumi: Fake) -> None:
        event = {"sequence": 0, "summaryEvent": {"result": "succeeded"}}
        pulumi.does("echo plan", event)
        assert [json.loads(line) for line in Engine("local").preview(on_line=str).splitlines()] == [event]

    def test_a_plan_that_was_judged_is_not_made_once_more(self, pulumi: Fake) -> None:
        Engine("local").up(RELEASE, on_line=str, previewed=True)
        Engine("local").up(RELEASE, on_line=str)
        assert ["--skip-preview" in call for call in pulumi.calls] == [True, False]

    def test_a_deploy_shows_its_fencing_token(self, pulumi: Fake) -> None:
        Engine("local").up(RELEASE, on_line=str, previewed=True, stamp="5.1")
        assert pulumi.environment["REZ_FENCING_TOKEN"] == "5.1"
        Engine("local").up(RELEASE, on_line=str, previewed=True)
        assert "REZ_FENCING_TOKEN" not in pulumi.environment

    def test_it_is_interrupted_by_what_another_thread_finds_out(self, pulumi: Fake) -> None:
        pulumi.does(f"trap 'echo INT > {pulumi.folder}/signal; exit 255' INT; echo begun; while :; do sleep 0.05; done")
        stop = threading.Event()
        with pytest.raises(RezError):
            Engine("local").up(RELEASE, on_line=lambda _: stop.set(), previewed=True, stop=stop)
        assert (pulumi.folder / "signal").read_text() == "INT\n"

    def test_a_failure_is_told_in_the_engines_words(self, pulumi: Fake) -> None:
        pulumi.does("exit 255", DIAGNOSTIC)
        with pytest.raises(RezError, match=r"^Service x: field is immutable$"):
            Engine("local").up(on_line=str)

    @pytest.mark.parametrize(
        ("message", "failure"),
        [
            ("cluster unavailable: https://x: refused", UnavailableError),
            ("refused: release: none is given", SettingsError),
            ("no changes were expected but changes were proposed", DriftFound),
        ],
    )
    def test_known_failures_become_ours(self, pulumi: Fake, message: str, failure: type[RezError]) -> None:
        pulumi.does("exit 1", {"diagnosticEvent": {"message": message, "severity": "error"}})
        with pytest.raises(failure):
            Engine("local").run(["preview", "--stack", "local"], on_line=str)

    def test_a_policy_violation_is_its_own_failure(self, pulumi: Fake) -> None:
        event = {"policyEvent": {"policyName": "p", "message": "no", "enforcementLevel": "mandatory"}}
        pulumi.does("exit 255", event)
        with pytest.raises(PolicyViolation, match="p: no"):
            Engine("local").up(on_line=str)

    def test_a_blind_preview_passes_where_a_blind_up_fails(self, pulumi: Fake) -> None:
        blind = {"diagnosticEvent": {"message": "no cluster reachable: from state", "severity": "warning"}}
        pulumi.does("exit 0", blind)
        Engine("local").preview(on_line=str)
        with pytest.raises(UnavailableError):
            Engine("local").up(on_line=str)

    def test_other_commands_keep_their_exit_code(self, pulumi: Fake) -> None:
        pulumi.does("exit 3")
        assert Engine("local").run(["stack", "import", "--file", "up"]) == 3
        assert pulumi.calls == ["stack import --file up"]

    def test_what_no_plan_tells_of_is_for_the_local_stack_alone(self, pulumi: Fake) -> None:
        with pytest.raises(PreconditionError, match="watch brings changes in that nobody has judged: use `rez pulumi"):
            Engine("production").run(["watch"])
        assert pulumi.calls == []
        assert Engine("local").run(["watch"]) == 0

    def test_settings_that_cannot_work_stop_before_the_engine_starts(self, pulumi: Fake, tmp_path: Path) -> None:
        (tmp_path / "Pulumi.local.yaml").write_text("config:\n  rez-infra:nonsense: 1\n")
        with pytest.raises(SettingsError, match="nonsense"):
            Engine("local", tmp_path).up(on_line=str)
        assert pulumi.calls == []

    def test_no_outputs_without_a_stack(self, pulumi: Fake) -> None:
        pulumi.does("exit 6")
        assert Engine("local").outputs() == {}
        assert not Engine("local").exists()

    def test_a_backend_that_is_away_is_not_a_stack_that_is_absent(self, pulumi: Fake) -> None:
        pulumi.does("echo error: connection refused >&2; exit 255")
        for question in (Engine("local").outputs, Engine("local").exists):
            with pytest.raises(RezError, match="connection refused"):
                question()

    def test_a_stack_is_made_once(self, pulumi: Fake) -> None:
        pulumi.does("echo '{}'")
        Engine("local").create()
        assert pulumi.calls == ["stack export --stack local"]
        pulumi.does('[ "$2" = init ] || exit 6')
        Engine("local").create()
        assert pulumi.calls[-1] == "stack init local --no-select"

    def test_a_failed_call_of_ours_tells_what_the_engine_said(self, pulumi: Fake) -> None:
        pulumi.does("echo error: no backend >&2; exit 255")
        with pytest.raises(RezError, match="no backend"):
            Engine("local").create()


PROGRAM = """
import sys
from infra.cli import main
sys.argv = ["rez", "pulumi", "--stack", "local", *sys.argv[1:]]
main()
"""


class TestInterruption:
    """The engine is told once, and waited for."""

    @staticmethod
    def start(pulumi: Fake, *args: str) -> subprocess.Popen[str]:
        pulumi.does(
            f"""trap 'echo INT >> {pulumi.folder}/signals' INT
            trap 'echo TERM >> {pulumi.folder}/signals' TERM
            touch {pulumi.folder}/ready
            n=0
            while [ ! -s {pulumi.folder}/signals ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n+1)); done
            sleep 0.3
            i=0
            while [ $i -lt 3000 ]; do echo "a line that nobody waits for any more $i" >&2; i=$((i+1)); done
            echo ended >> {pulumi.folder}/signals
            exit 255"""
        )
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *args],
            cwd=paths.ROOT,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        deadline = time.monotonic() + 20
        while not (pulumi.folder / "ready").exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        return process

    @pytest.mark.parametrize("command", [["up", "--yes"], ["logs", "--follow"]])
    @pytest.mark.parametrize("cause", ["Ctrl-C", "SIGTERM"])
    def test_the_engine_gets_exactly_one_signal_and_ends_in_its_own_way(
        self, pulumi: Fake, command: list[str], cause: str
    ) -> None:
        process = self.start(pulumi, *command)
        if cause == "Ctrl-C":  # the terminal tells everybody
            os.killpg(process.pid, signal.SIGINT)
        else:
            os.kill(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "Traceback" not in errors
        assert (pulumi.folder / "signals").read_text().split() == ["INT", "ended"]
