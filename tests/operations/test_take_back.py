from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.errors import PreconditionError, RollbackFailed, RolloutTimeout, UnavailableError
from infra.manifests.release import Release
from infra.operations import drift, take_back
from infra.rejection import ApiError
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict
from tests.operations.drifting import Play, play, urn

if TYPE_CHECKING:
    from infra.rollout.scene import Scene as Rollout

MEMORY = 'spec.template.spec.containers[name="api"].resources.limits.memory'


class Watch:
    """How the API is watched: counts, and ends as told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settled = Settled(Verdict(State.HEALTHY, "complete", "it serves"))
        self.release: Release | None = Release("v1", "image@sha256:1")
        self.watched = 0
        monkeypatch.setattr(take_back, "settle", self._settle)
        monkeypatch.setattr(take_back, "current_release", lambda _: self.release)

    def _settle(self, *_: object) -> Settled:
        self.watched += 1
        return self.settled

    class target:  # noqa: N801 - plays an attribute
        deployment = "merchant-backend"

    def __call__(self, stage: Play) -> Any:
        return take_back.take_back(stage.scene, drift.read(stage.scene), cast("Rollout", self))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def test_what_drifted_is_taken_back_by_the_engine_and_told(watch: Watch) -> None:
    stage = play("deployment/edited", "hpa/patched", "namespace/unchanged")
    after = watch(stage)
    assert stage.engine.ran == [[urn(each) for each in stage.engine.declared[:2]]]
    assert [each.field for each in after.taken_back] == [MEMORY, "spec.minReplicas"]
    assert after.differences == ()
    assert watch.watched == 1


def test_nothing_is_watched_where_no_pod_is_replaced(watch: Watch) -> None:
    watch(play("hpa/patched"))
    assert watch.watched == 0


def test_what_the_engine_cannot_take_back_is_left_alone(watch: Watch) -> None:
    stage = play("service/annotated", "config_map/recreated")
    after = watch(stage)
    assert stage.engine.planned == stage.engine.ran == []
    assert len(after.differences) == 2
    assert after.taken_back == ()


def test_who_put_a_field_back_by_hand_holds_it_no_longer(watch: Watch) -> None:
    stage = play("deployment/edited-and-back")
    before = drift.read(stage.scene).held
    after = watch(stage)
    assert [each.field for each in before] == [MEMORY]
    assert (after.held, after.taken_back, after.differences) == ((), before, ())
    assert (stage.engine.ran, watch.watched) == ([], 0)  # no value changes, so no pod is replaced


def test_an_object_that_changes_meanwhile_is_read_again(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = play("deployment/edited-and-back")
    report, patch = drift.read(stage.scene), stage.cluster.patch

    def late(*place: Any) -> Any:
        monkeypatch.setattr(stage.cluster, "patch", patch)
        raise ApiError("the object has been modified", status=409)

    monkeypatch.setattr(stage.cluster, "patch", late)
    take_back.take_back(stage.scene, report, cast("Rollout", watch))
    assert drift.read(stage.scene).held == ()


def test_a_change_of_the_program_that_would_come_along_is_refused(watch: Watch) -> None:
    stage = play("deployment/edited")
    waiting = copy.deepcopy(stage.engine.declared[0])
    waiting["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 50
    stage.engine.program = [waiting]
    with pytest.raises(PreconditionError, match="Deployment production/merchant-backend: the program changes more"):
        watch(stage)
    assert stage.engine.ran == []


def test_a_deleted_object_is_created_as_the_program_has_it_now(watch: Watch) -> None:
    stage = play("service/deleted")
    program = copy.deepcopy(stage.engine.declared[0])
    program["metadata"]["labels"]["new"] = "1"
    stage.engine.program = [program]
    watch(stage)
    assert len(stage.engine.ran) == 1


def test_a_run_that_fails_tells_how_to_finish_it(watch: Watch) -> None:
    stage = play("service/deleted")
    stage.engine.failure = UnavailableError("cluster unavailable")
    with pytest.raises(UnavailableError):
        watch(stage)
    assert stage.said == ["not finished: `rez pulumi up --stack local` creates what is still missing"]


def test_a_dry_run_refuses_the_same_and_runs_nothing(watch: Watch) -> None:
    stage = play("deployment/edited")
    report = drift.read(stage.scene)
    assert [each.field for each in take_back.preview(stage.scene, report)] == [MEMORY]
    assert (len(stage.engine.planned), stage.engine.ran) == (1, [])
    waiting = copy.deepcopy(stage.engine.declared[0])
    waiting["spec"]["minReadySeconds"] = 9
    stage.engine.program = [waiting]
    with pytest.raises(PreconditionError):
        take_back.preview(stage.scene, report)


def test_an_api_that_does_not_come_up_is_for_a_human(watch: Watch) -> None:
    watch.settled = Settled(Verdict(State.DEGRADED, "crash-loop", "it crashes"))
    with pytest.raises(RollbackFailed, match="merchant-backend runs what is declared, but is not healthy: it crashes"):
        watch(play("deployment/edited"))


def test_an_api_that_is_not_up_yet_is_a_timeout(watch: Watch) -> None:
    watch.settled = Settled(Verdict(State.PROGRESSING, "rolling", "1 of 3"), timed_out=True)
    with pytest.raises(RolloutTimeout, match="1 of 3"):
        watch(play("deployment/edited"))


def test_a_stack_without_a_release_is_not_watched(watch: Watch) -> None:
    watch.release = None
    watch(play("deployment/edited"))
    assert watch.watched == 0
