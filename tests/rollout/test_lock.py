"""The lock: never two that both may write, whatever the order of what they do."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.errors import LockHeld, PreconditionError, UnavailableError
from infra.rejection import ApiError
from infra.rollout import acquire as acquiring
from infra.rollout import fencing_token, lease
from infra.rollout.acquire import acquire
from infra.rollout.fence import Fenced
from infra.rollout.held import held
from infra.rollout.lease import Holder
from tests.rollout.conftest import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from infra.rollout.lock import Lock
    from infra.rollout.scene import Scene

LATER = 100.0


@pytest.fixture
def take(stage: Any) -> Iterator[Callable[..., Lock]]:
    taken: list[Lock] = []

    def take(scene: Scene | None = None, **options: Any) -> Lock:
        taken.append(acquire(scene or stage.scene(), **options))
        return taken[-1]

    yield take
    for each in taken:
        each._ended.set()


def live(stage: Any) -> dict[str, Any]:
    return stage.cluster.leases["rez-deploy"]


def renewing(stage: Any, lock: Lock) -> Scene:
    """A scene in which the holder renews while one waits."""

    def pause(seconds: float) -> None:
        stage.pause(seconds)
        lock.confirm()

    return replace(stage.scene(), pause=pause)


def test_the_holder_says_who_it_is(stage: Any, take: Any) -> None:
    take()
    holder = Holder.parse(lease.holder(live(stage)))
    assert holder is not None
    assert (holder.by, holder.host, holder.pid) == ("me@here", socket.gethostname(), os.getpid())
    assert live(stage)["spec"]["acquireTime"].startswith("2026-11-23T00:00:")


def test_a_holder_that_is_alive_is_not_robbed(stage: Any, take: Any) -> None:
    scene = renewing(stage, take())
    with pytest.raises(LockHeld, match="me@here on") as refused:
        take(replace(scene, by="you@there"))
    assert (refused.value.exit_code, refused.value.since) == (14, lease.since(live(stage)))
    assert "--wait SECONDS" in str(refused.value)


def test_a_lock_that_is_given_back_is_waited_for(stage: Any, take: Any) -> None:
    first, waited = take(), []

    def pause(seconds: float) -> None:
        stage.pause(seconds)
        waited.append(seconds)
        first.confirm() if len(waited) < 20 else first.release()

    second = take(replace(stage.scene(), pause=pause), wait_s=600)
    assert (first.token, second.token, len(waited)) == (1, 2, 20)


def test_a_silent_holder_is_robbed_after_the_time_it_named(stage: Any, take: Any) -> None:
    first = take(duration_s=40)
    before = stage._time
    second = take()
    assert 40 <= stage._time - before < 45
    with pytest.raises(LockHeld, match="taken over while it was silent"):
        first.confirm()
    assert (first.lost.is_set(), second.token) == (True, 2)
    second.confirm()


def test_a_holder_with_another_clock_is_judged_by_ours(stage: Any, take: Any) -> None:
    for year in (1970, 2999):
        first = take(replace(stage.scene(), now=lambda year=year: stage.scene().now().replace(year=year)))
        with pytest.raises(LockHeld):
            take(renewing(stage, first))
        first.release()


def test_an_outage_does_not_count_as_the_holders_silence(stage: Any, take: Any) -> None:
    first, paused, stage.step_s = take(), [], 0.0

    def pause(seconds: float) -> None:
        stage.pause(seconds)
        paused.append(seconds)
        stage.cluster.away = len(paused) < 60
        if len(paused) == 65:  # the holder comes back a little later than we do
            first.confirm()

    with pytest.raises(LockHeld):
        take(replace(stage.scene(), pause=pause), wait_s=70)


def test_a_dead_process_of_this_host_is_not_waited_for(stage: Any, take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take()
    monkeypatch.setattr(acquiring.runs, "lost", lambda pid, since: pid == os.getpid())
    before = stage._time
    assert take().token == 2
    assert stage._time - before < 10
    assert any("it showed no life" in line for line in stage.said)


def test_a_lock_is_never_older_than_the_note_by_which_its_process_is_known_to_be_dead(
    stage: Any, take: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.paths.cache", lambda: tmp_path)
    take(replace(stage.scene(), now=lambda: datetime.now(UTC)))
    noted = json.loads((tmp_path / "engines" / f"{os.getpid()}.json").read_text())
    assert datetime.fromisoformat(noted["at"]) <= datetime.fromisoformat(lease.since(live(stage)))


def test_a_deleted_lease_is_a_lost_lock(stage: Any, take: Any) -> None:
    first = take()
    del stage.cluster.leases["rez-deploy"]
    with pytest.raises(LockHeld, match="nobody holds it now"):
        first.write(None)


def test_somebody_elses_label_on_the_lease_is_no_loss(stage: Any, take: Any) -> None:
    first = take()
    stage.cluster._store({**live(stage), "metadata": {**live(stage)["metadata"], "labels": {"team": "backend"}}})
    first.confirm()
    assert live(stage)["metadata"]["labels"] == {"team": "backend"}


def test_a_lost_answer_to_a_renewal_is_no_loss(stage: Any, take: Any) -> None:
    first = take()
    put = stage.cluster.replace

    def answers_nothing(manifest: Any) -> Any:
        put(manifest)
        stage.cluster.replace = put
        raise UnavailableError("cluster unavailable")

    stage.cluster.replace = answers_nothing
    with pytest.raises(UnavailableError):
        first.confirm()
    first.confirm()


def test_a_namespace_at_its_quota_is_refused_with_the_remedy(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    message = 'ConfigMap production/rez-fencing: configmaps "x" is forbidden: exceeded quota: q, limited: configmaps=9'

    def full(manifest: dict[str, Any], **_: Any) -> Any:
        raise ApiError(message, status=403, reason="Forbidden")

    monkeypatch.setattr(stage.cluster, "create", full)
    with pytest.raises(PreconditionError, match=r"exceeded quota: q.*raise the quota"), held(stage.scene()):
        pass


def test_what_is_created_under_the_lock_shows_its_token_and_what_the_last_holder_creates_is_refused(
    stage: Any, take: Any
) -> None:
    first = take()
    fencing_token.show(stage.scene(), first)
    stale = Fenced(stage.cluster, first)
    stale.create({"kind": "ConfigMap", "metadata": {"name": "one"}})
    with held(stage.scene()) as scene:
        scene.cluster.create({"kind": "ConfigMap", "metadata": {"name": "two", "annotations": {"a": "b"}}})
        with pytest.raises(ApiError, match="denied"):
            stale.create({"kind": "ConfigMap", "metadata": {"name": "three"}})
    shown = [each["metadata"]["annotations"]["rez.dev/fencing-token"] for each in stage.cluster.config_maps.values()]
    assert [stamp.split(".")[0] for stamp in shown] == ["1", "2"]
    assert stage.cluster.config_maps["two"]["metadata"]["annotations"]["a"] == "b"


def test_the_last_holder_deletes_nothing_of_the_next_ones(stage: Any, take: Any) -> None:
    stale = Fenced(stage.cluster, take())
    with held(stage.scene()) as scene:
        scene.cluster.create({"kind": "Job", "metadata": {"name": "canary"}})
        with pytest.raises(LockHeld):
            stale.delete("batch/v1", "Job", "canary", "production")
        assert "canary" in stage.cluster.config_maps
        scene.cluster.delete("batch/v1", "Job", "canary", "production")
    assert "canary" not in stage.cluster.config_maps


def test_a_run_begins_only_once_the_api_server_knows_of_it(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.cluster.config_maps.clear()
    late = [True] * 5
    fence = stage.cluster._fence
    monkeypatch.setattr(
        stage.cluster,
        "_fence",
        lambda manifest: late.pop() and _deny() if late and manifest["kind"] == "ConfigMap" else fence(manifest),
    )
    with held(stage.scene()) as scene:
        assert late == []
        scene.lock.check()


def test_a_lease_that_was_deleted_begins_no_tokens_anew(stage: Any) -> None:
    for _ in range(3):
        with held(stage.scene()):
            pass
    del stage.cluster.leases["rez-deploy"]
    with held(stage.scene()) as scene:
        assert scene.lock.stamp().startswith("4.")
        scene.cluster.create({"kind": "ConfigMap", "metadata": {"name": "one"}})


def test_who_was_robbed_before_it_showed_its_token_cannot_show_it_any_more(stage: Any, take: Any) -> None:
    robbed, robber = take(), take()
    fencing_token.show(stage.scene(), robber)
    with pytest.raises(LockHeld):
        fencing_token.show(stage.scene(), robbed)
    assert fencing_token.highest(stage.cluster, "production") == robber.token == 2


def test_a_token_that_another_writes_meanwhile_is_read_again(
    stage: Any, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = take()
    fencing_token.show(stage.scene(), first)
    first.release()
    patch, lock = stage.cluster.patch, take()

    def late(*place: Any) -> Any:
        monkeypatch.setattr(stage.cluster, "patch", patch)
        stage.cluster._store({**stage.cluster.leases["rez-fencing"], "automountServiceAccountToken": True})
        return patch(*place)

    monkeypatch.setattr(stage.cluster, "patch", late)
    fencing_token.show(stage.scene(), lock)
    assert fencing_token.highest(stage.cluster, "production") == 2


def _deny() -> None:
    raise ApiError("ValidatingAdmissionPolicy 'rez-fencing' denied request: stale", status=422)


def test_a_cluster_without_the_policy_is_told_of(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage.cluster, "_fence", lambda _: None)
    with held(stage.scene()):
        pass
    assert any(line.startswith("no fence:") for line in stage.said)


DEEDS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(("take", "renew", "write", "free", "sleep"))))


@settings(max_examples=60)
@given(DEEDS)
def test_of_two_holders_only_the_last_one_writes(deeds: list[tuple[str, str]]) -> None:
    stage = Stage()
    stage.step_s = 0.0
    locks: dict[str, Lock | None] = {"a": None, "b": None}
    try:
        for number, (who, deed) in enumerate(deeds):
            lock = locks[who]
            if deed == "take" and lock is None:
                locks[who] = _taken(stage, who)
            elif deed == "sleep":
                stage.pause(LATER)
            elif lock is not None:
                accepted = _done(stage, lock, deed, number)
                newest = lease.token(stage.cluster.leases["rez-deploy"])
                assert not accepted or lock.token == newest, deeds
                if deed == "free":
                    locks[who] = None
    finally:
        for lock in filter(None, locks.values()):
            lock._ended.set()


def _taken(stage: Stage, who: str) -> Lock | None:
    """The lock, whose other holder is silent only if it sleeps: one that is alive shows it at the first look."""
    scene = replace(stage.scene(), by=who)
    try:
        lock = acquire(scene)
    except LockHeld:
        return None
    fencing_token.show(scene, lock)
    return lock


def _done(stage: Stage, lock: Lock, deed: str, number: int) -> bool:
    """Whether the API server accepted what a holder wrote, which may not know yet that it is one no longer."""
    try:
        if deed == "renew":
            lock.confirm()
        elif deed == "free":
            lock.release()
            return not lock.lost.is_set()
        else:
            Fenced(stage.cluster, lock).create({"kind": "ConfigMap", "metadata": {"name": f"{number}"}})
    except (LockHeld, ApiError):
        return False
    return True
