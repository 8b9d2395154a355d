from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.engine.take_back import TakingEngine
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from tests.engine.conftest import Fake

URN = "urn:pulumi:local::rez-infra::rez:api:Api$kubernetes:apps/v1:Deployment::merchant-backend"
FORCE = "PULUMI_K8S_ENABLE_PATCH_FORCE"


def test_the_live_objects_are_read_first_and_their_fields_taken_over(pulumi: Fake) -> None:
    TakingEngine("local").take_back([URN], on_line=str)
    (changed,) = pulumi.calls
    assert changed.startswith("up --yes --skip-preview --refresh ")
    assert f"--target {URN}" in changed
    assert pulumi.environment[FORCE] == "true"


def test_a_plan_gives_its_events_and_changes_nothing(pulumi: Fake) -> None:
    event = {"sequence": 1, "summaryEvent": {}}
    pulumi.does("exit 0", event)
    assert [json.loads(line) for line in TakingEngine("local").plan_back([URN], on_line=str).splitlines()] == [event]
    assert [call.split()[:2] for call in pulumi.calls] == [["preview", "--refresh"]]
    assert pulumi.environment[FORCE] == "true"


def test_the_program_alone_can_be_asked(pulumi: Fake) -> None:
    TakingEngine("local").plan_back([URN], on_line=str, refresh=False)
    assert "--refresh" not in pulumi.calls[-1]


def test_any_other_run_takes_nothing_over(pulumi: Fake) -> None:
    TakingEngine("local").up(on_line=str)
    assert FORCE not in pulumi.environment


def test_the_state_is_what_the_backend_exports(pulumi: Fake) -> None:
    pulumi.does("""echo '{"deployment": {"resources": []}}'""")
    assert TakingEngine("local").state() == {"deployment": {"resources": []}}
    assert pulumi.calls[-1] == "stack export --stack local"


def test_a_stack_that_nobody_knows_has_no_state(pulumi: Fake) -> None:
    pulumi.does("exit 6")
    with pytest.raises(PreconditionError, match="stack local: the backend knows no such stack"):
        TakingEngine("local").state()
