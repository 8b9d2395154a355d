"""Bounds, memory and restarts on an engine and an API server in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import (
    Inconclusive,
    LockHeld,
    PreconditionError,
    RezError,
    RollbackFailed,
    RolloutError,
    UnavailableError,
)
from infra.local.paths import ROOT
from infra.manifests.overrides import Overrides
from infra.operations import expired, memory, overriding, restart, scale
from infra.rollout import lease, ledger, rollback
from infra.rollout.deploy import deploy
from infra.rollout.held import held
from infra.rollout.journal import Entry
from infra.rollout.overrides import Asked
from infra.rollout.preflight import survey
from infra.rollout.target import API_COMPONENT, AUTOSCALER
from infra.settings import Settings, load
from tests.rollout.conftest import FakeEngine, Stage

if TYPE_CHECKING:
    import threading

    from infra.operations.change import Change
    from infra.rollout.scene import Scene

CRASHING = "deployment/crashing-v3"
HEALTHY = "deployment/healthy-v3"


class Engine(FakeEngine):
    """Does as the program: keeps what is not over, takes the patch, and tells it in the outputs."""

    now = datetime(2026, 11, 23, tzinfo=UTC)
    bad_patch = ""

    def up(  # noqa: PLR0913 - as the engine's
        self,
        release: str | None,
        targets: list[str],
        on_line: Any,
        *,
        record: str,
        overrides: str,
        previewed: bool,
        stamp: str,
        stop: threading.Event,
    ) -> None:
        bad = bool(self.bad_patch) and self.bad_patch in overrides
        self.behaviour["v3"] = CRASHING if bad else HEALTHY
        super().up(
            release, targets, on_line, record=record, overrides=overrides, previewed=previewed, stamp=stamp, stop=stop
        )
        found = Overrides.of(self.state.get("overrides")).changed(overrides or "{}").in_force(self.now)
        self.state["overrides"] = {
            kind: json.dumps(value) for kind, value in found.model_dump(mode="json").items() if value
        }


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.engine = Engine(stage.cluster)
    stage.engine.behaviour = {"v3": HEALTHY}
    stage.runs("v3")
    return stage


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return stage.scene()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load("local", ROOT)


def asked(scene: Scene, term: str = "4h") -> Asked:
    return Asked("INC-7", scene.by, scene.now(), term)


def bounds(scene: Scene, settings: Settings, least: int = 3, most: int = 8) -> Change:
    return scale.bounds(scene, settings, asked(scene), least=least, most=most)


def overrides(stage: Stage) -> Overrides:
    return Overrides.of(stage.engine.outputs().get("overrides"))


def desired(stage: Stage) -> int:
    return int(stage.cluster.live["Deployment"][0]["spec"]["replicas"])


def test_bounds_touch_the_autoscaler_alone_and_are_recorded(stage: Stage, scene: Scene, settings: Settings) -> None:
    result = overriding.carry_out(scene, bounds(scene, settings))
    assert (result.outcome, result.error()) == ("done", None)
    assert stage.engine.ups == [(str(stage.release("v3")), [AUTOSCALER])]
    assert overrides(stage).scale is not None
    (entry,) = ledger.records(stage.cluster, "production")
    assert (entry.version, entry.outcome, entry.by) == ("v3", "changed", "me@here")
    assert "scale: 3 to 8 pods" in entry.reason
    assert "INC-7" in entry.reason


def test_a_release_that_came_back_stays_as_its_record_says(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.engine.state["record"] = "[secret]"
    overriding.carry_out(scene, bounds(scene, settings))
    assert stage.engine.records == [stage.engine.made]
    assert stage.engine.made


def test_what_is_recorded_says_nothing_of_whether_the_release_is_good(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    overriding.carry_out(scene, bounds(scene, settings))
    assert ledger.good(ledger.records(stage.cluster, "production")) == []


def test_one_bound_alone_leaves_the_other_as_declared(scene: Scene, settings: Settings) -> None:
    change = scale.bounds(scene, settings, asked(scene), least=5, most=None)
    assert change.what.startswith("5 to 10 pods until 2026-11-23 04:00 UTC (4h left)")
    with pytest.raises(PreconditionError, match="give --min, --max or both"):
        scale.bounds(scene, settings, asked(scene), least=None, most=None)


def test_a_pin_without_a_number_is_what_runs(stage: Stage, scene: Scene, settings: Settings) -> None:
    change = scale.pin(scene, settings, asked(scene), None)
    assert json.loads(change.patch)["scale"]["pods"] == {"min": desired(stage), "max": desired(stage)}


def test_pods_that_do_not_come_leave_the_bounds_and_say_so(stage: Stage, scene: Scene, settings: Settings) -> None:
    scene = stage.scene(timeout_s=5)
    result = overriding.carry_out(scene, bounds(scene, settings, 9, 10))
    assert result.outcome == "unsettled"
    assert isinstance(result.error(), Inconclusive)
    assert "the autoscaler has not yet brought them to 9 to 10" in str(result.error())
    assert overrides(stage).scale is not None


def test_resume_drops_it_at_once_and_is_nothing_to_do_without_one(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    overriding.carry_out(scene, bounds(scene, settings))
    overriding.carry_out(scene, scale.resume(scene, settings, "over"))
    assert overrides(stage).scale is None
    ups = len(stage.engine.ups)
    assert overriding.carry_out(scene, scale.resume(scene, settings, "over")).outcome == "unchanged"
    assert len(stage.engine.ups) == ups


def test_more_memory_is_watched_and_says_what_it_was(stage: Stage, scene: Scene, settings: Settings) -> None:
    change = memory.limit(scene, settings, asked(scene), "2Gi")
    assert change.before == "memory limit 1Gi, as declared"
    assert overriding.carry_out(scene, change).outcome == "done"
    assert stage.engine.ups == [(str(stage.release("v3")), [API_COMPONENT])]
    again = memory.limit(scene, settings, asked(scene), "1536Mi")
    assert again.before.startswith("memory limit 2Gi until")


def test_pods_that_crash_with_more_memory_are_taken_back(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.engine.bad_patch = "limit_mib"
    result = overriding.carry_out(scene, memory.limit(scene, settings, asked(scene), "2Gi"))
    assert (result.outcome, stage.engine.patches[1]) == ("rolled-back", '{"memory": null}')
    error = result.error()
    assert isinstance(error, RolloutError)
    assert error.exit_code == 10
    assert overrides(stage).memory is None


def test_the_way_back_is_the_override_that_was_in_force(stage: Stage, scene: Scene, settings: Settings) -> None:
    overriding.carry_out(scene, memory.limit(scene, settings, asked(scene), "1536Mi"))
    before = overrides(stage)
    stage.engine.bad_patch = '"limit_mib": 2048'
    overriding.carry_out(scene, memory.limit(scene, settings, asked(scene), "2Gi"))
    assert overrides(stage) == before


def test_a_restart_is_kept_by_what_comes_after_it(stage: Stage, scene: Scene, settings: Settings) -> None:
    overriding.carry_out(scene, restart.plan(scene, asked(scene)))
    kept = overrides(stage).restart
    overriding.carry_out(scene, bounds(scene, settings))
    assert overrides(stage).restart == kept is not None
    overriding.carry_out(scene, restart.plan(scene, asked(scene)))
    assert overrides(stage).restart != kept


def test_a_restart_that_does_not_come_back_is_for_a_human(stage: Stage, scene: Scene) -> None:
    stage.engine.bad_patch = "restart"
    result = overriding.carry_out(scene, restart.plan(scene, asked(scene)))
    assert isinstance(result.error(), RollbackFailed)
    assert "does not come back" in result.note


def test_an_engine_that_changed_no_pods_is_its_own_failure(stage: Stage, scene: Scene) -> None:
    stage.engine.failing["v3"] = [RezError("spec.template: Invalid value")]
    with pytest.raises(RezError, match="Invalid value"):
        overriding.carry_out(scene, restart.plan(scene, asked(scene)))
    assert ledger.records(stage.cluster, "production") == []


def test_an_engine_that_failed_halfway_is_taken_back(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.cluster.live["Deployment"][0]["spec"]["template"]["metadata"]["annotations"] = {"before": "this run"}
    stage.engine.failing_halfway["v3"] = [RezError("the engine broke")]
    result = overriding.carry_out(scene, memory.limit(scene, settings, asked(scene), "2Gi"))
    assert (result.outcome, overrides(stage).memory) == ("rolled-back", None)


def test_a_cluster_that_goes_away_is_said_and_the_same_command_is_safe(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    stage.engine.failing["v3"] = [UnavailableError("cluster unavailable")]
    with pytest.raises(UnavailableError):
        overriding.carry_out(scene, bounds(scene, settings))
    assert overriding.carry_out(scene, bounds(scene, settings)).outcome == "done"


def test_it_is_done_alone(stage: Stage, scene: Scene, settings: Settings) -> None:
    change = bounds(scene, settings)
    with held(scene) as alone:

        def pause(seconds: float) -> None:
            stage.pause(seconds)
            alone.lock.confirm()

        with pytest.raises(LockHeld, match="me@here on"):
            overriding.carry_out(replace(scene, pause=pause), change)
    assert (stage.engine.ups, stage.engine.stamps) == ([], [])
    assert overriding.carry_out(scene, change).outcome == "done"
    assert [stamp.split(".")[0] for stamp in stage.engine.stamps] == ["2"]
    assert "holderIdentity" not in stage.cluster.leases["rez-deploy"]["spec"]


def test_what_came_between_plan_and_lock_is_seen(stage: Stage, scene: Scene, settings: Settings) -> None:
    change = bounds(scene, settings)
    stage.engine.behaviour["v2"] = "deployment/healthy-v2"
    stage.runs("v2")
    with pytest.raises(PreconditionError, match="was planned for v3, and v2 runs by now"):
        overriding.carry_out(scene, change)
    assert stage.engine.ups == []


def test_nothing_is_changed_about_a_release_that_was_left_half_rolled_out(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    entry = Entry("deploy", stage.release("v3"), stage.release("v2"), "watch", "T", "me@here", rolls_out=True)
    with held(scene) as alone:
        alone.lock.write(entry)
    with pytest.raises(PreconditionError, match=r"deploy of v3 .* was left half done.*`rez rollback`"):
        overriding.carry_out(scene, bounds(scene, settings))
    assert stage.engine.ups == []


def test_what_is_over_is_dropped_and_nothing_else_is_touched(stage: Stage, scene: Scene, settings: Settings) -> None:
    overriding.carry_out(scene, scale.pin(scene, settings, asked(scene, "1h"), 3))
    overriding.carry_out(scene, memory.limit(scene, settings, asked(scene, "5h"), "2Gi"))
    assert expired.plan(scene).done
    later = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    stage.engine.now = later
    after = stage.scene()
    object.__setattr__(after, "now", lambda: later + timedelta(seconds=1))
    change = expired.plan(after)
    assert (change.done, change.target) == (False, AUTOSCALER)
    assert "pinned at 3 pods" in change.before
    assert "over" in change.before
    assert overriding.carry_out(after, change).outcome == "done"
    assert overrides(stage).temporary().keys() == {"memory"}
    assert expired.plan(after).done


def test_memory_that_is_over_makes_new_pods(stage: Stage, scene: Scene, settings: Settings) -> None:
    overriding.carry_out(scene, memory.limit(scene, settings, asked(scene, "1h"), "2Gi"))
    after = stage.scene()
    object.__setattr__(after, "now", lambda: datetime(2026, 11, 23, 2, tzinfo=UTC))
    assert expired.plan(after).target == API_COMPONENT


def test_nothing_is_planned_for_a_stack_that_runs_nothing(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.engine.state = {"namespace": "production"}
    with pytest.raises(PreconditionError, match="runs no release"):
        restart.plan(scene, asked(scene))


def test_the_plan_names_everything_that_will_be_done(scene: Scene, settings: Settings) -> None:
    lines = "\n".join(memory.limit(scene, settings, asked(scene), "2Gi").lines(scene))
    for part in (
        "memory limit 2Gi until",
        "memory limit 1Gi, as declared",
        "INC-7",
        API_COMPONENT,
        "back to:",
        "ledger",
    ):
        assert part in lines
    assert "left as it is" in "\n".join(bounds(scene, settings).lines(scene))


class Killed(BaseException):
    """`kill -9`: nothing is tidied up."""


def killed(stage: Stage, change: Change, *, halfway: bool) -> None:
    """Carry a change out up to its `up`, or to the end of it."""
    (stage.engine.failing_halfway if halfway else stage.engine.failing)["v3"] = [Killed()]
    with pytest.raises(Killed):
        overriding.carry_out(stage.scene(), change)


def journal(stage: Stage) -> Entry | None:
    return lease.entry(stage.cluster.leases["rez-deploy"])


@pytest.mark.parametrize("halfway", [False, True])
def test_a_change_that_was_killed_is_finished_by_the_next_one(
    stage: Stage, scene: Scene, settings: Settings, *, halfway: bool
) -> None:
    killed(stage, memory.limit(scene, settings, asked(scene), "2Gi"), halfway=halfway)
    assert "memory of v3 by me@here" in str(journal(stage))
    assert overriding.carry_out(scene, bounds(scene, settings)).outcome == "done"
    assert overrides(stage).temporary().keys() == {"memory", "scale"}
    assert journal(stage) is None
    reasons = [each.reason for each in ledger.records(stage.cluster, "production")]
    assert [reason.split(":")[0] for reason in reasons] == ["memory", "scale"]


def test_the_hourly_run_that_has_nothing_to_drop_finishes_what_was_killed(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    killed(stage, bounds(scene, settings), halfway=False)
    change = expired.plan(scene)
    assert change.done
    assert overriding.carry_out(scene, change).outcome == "unchanged"
    assert overrides(stage).scale is not None
    assert journal(stage) is None


def test_the_same_change_once_more_takes_the_place_of_what_was_killed_and_goes_back_to_before_it(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    first = restart.plan(scene, asked(scene))
    killed(stage, first, halfway=True)
    stage.engine.state["overrides"] = {"restart": json.dumps(json.loads(first.patch)["restart"])}
    stage.engine.bad_patch = '"at"'
    result = overriding.carry_out(scene, restart.plan(scene, asked(scene)))
    assert result.outcome == "rolled-back"
    assert overrides(stage).restart is None
    assert journal(stage) is None


def test_what_was_killed_on_its_way_back_goes_back(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.engine.bad_patch = "2048"
    change = memory.limit(scene, settings, asked(scene), "2Gi")
    up = stage.engine.up

    def dies(release: str | None, *args: Any, overrides: str, **options: Any) -> None:
        if overrides == change.undo:
            stage.engine.up = up  # type: ignore[method-assign]
            raise Killed
        up(release, *args, overrides=overrides, **options)

    stage.engine.up = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        overriding.carry_out(scene, change)
    assert "crash-loop" in getattr(journal(stage), "bad", "")
    assert overriding.carry_out(scene, bounds(scene, settings)).outcome == "done"
    assert overrides(stage).temporary().keys() == {"scale"}


def test_a_change_that_is_refused_leaves_nothing_to_finish(stage: Stage, scene: Scene, settings: Settings) -> None:
    stage.engine.failing["v3"] = [RezError("spec.maxReplicas: Invalid value")]
    with pytest.raises(RezError):
        overriding.carry_out(scene, bounds(scene, settings))
    assert journal(stage) is None


def test_a_deploy_takes_the_place_of_a_change_that_was_killed_and_a_rollback_does_not_go_back_to_it(
    stage: Stage, scene: Scene, settings: Settings
) -> None:
    stage.known["v4"] = f"docker.io/rezapp/merchant-backend@sha256:{'4' * 64}"
    stage.engine.behaviour["v2"] = "deployment/healthy-v2"
    for version in ("v2", "v3"):
        deploy(scene, survey(scene, stage.release(version)))
    killed(stage, memory.limit(scene, settings, asked(scene), "2Gi"), halfway=False)
    assert rollback.preflight(scene, None).release.version == "v2"
    plan = survey(scene, stage.release("v3"))
    assert not plan.done  # nobody has watched its pods to the end
    assert deploy(scene, plan).outcome == "deployed"
    assert journal(stage) is None
