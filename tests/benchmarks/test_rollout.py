from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from benchmarks.rollout import judge, plot, report, stages, timeline
from benchmarks.rollout.field import field
from benchmarks.rollout.log import Seen, logging
from benchmarks.rollout.outcome import Outcome
from benchmarks.rollout.scenarios import ALL, DOOMED, TIMELINES
from benchmarks.rollout.scene import scene
from benchmarks.rollout.speed import KINDS, replay
from benchmarks.rollout.world import IMAGES


def outcome(**changes: Any) -> Outcome:
    found: dict[str, Any] = {"tool": "rez", "scenario": "crash-loop", "aborted": True, "verdict_s": 0.5, "named": True}
    found |= {"from_start_s": 5.0, "healthy_s": 1.0, "fewest": 3, "restored": True}
    return Outcome(**{**found, **changes})


def pod(uid: str, image: str, *, ready: bool, at_s: float, gone: bool = False) -> Seen:
    status = {"conditions": [{"type": "Ready", "status": str(ready), "reason": "x"}]}
    live = {"metadata": {"uid": uid}, "spec": {"containers": [{"image": IMAGES[image]}]}, "status": status}
    return Seen(at_s, "Pod", live, gone)


def test_every_entry_of_a_timeline_is_a_stage_after_the_one_before() -> None:
    found = list(yaml.safe_load_all(stages.config({"ready": TIMELINES["ready"]})))
    played = [each for each in found if each["metadata"]["name"].startswith("ready-")]
    assert len(played) == len(TIMELINES["ready"])
    assert [each["spec"]["selector"]["matchExpressions"][1].get("values") for each in played[:2]] == [None, ["0"]]
    assert stages.TIMELINE in played[0]["spec"]["selector"]["matchLabels"]


def test_a_recording_keeps_what_is_said_and_not_whose_it_is() -> None:
    bound = {"metadata": {}, "spec": {"nodeName": "node1"}, "status": {"phase": "Pending", "podIP": "10.88.1.2"}}
    event = {"type": "Normal", "reason": "Pulled", "message": "there", "metadata": {"uid": "x"}}
    entries = [{"at": 5.0, "pod": bound}, {"at": 6.5, "event": event}, {"at": 7.0, "pod": bound}]
    said = {"type": "Normal", "reason": "Pulled", "message": "there"}
    assert timeline.clean(entries) == [
        {"after_s": 0.0, "status": {"phase": "Pending"}},
        {"after_s": 1.5, "event": said},
    ]


@pytest.mark.parametrize("scenario", [each for each in DOOMED if each.step is not None], ids=lambda each: each.name)
def test_a_benign_twin_says_something_before_a_release_is_called_doomed(scenario: Any) -> None:
    assert scenario.step > 0
    assert scenario.step < len(TIMELINES[scenario.timeline])


def test_full_health_is_the_good_pods_and_no_other() -> None:
    seen = [
        pod("a", "good", ready=True, at_s=1),
        pod("b", "next", ready=False, at_s=2),
        pod("b", "next", ready=False, at_s=3, gone=True),
        pod("a", "good", ready=True, at_s=4),
    ]
    moments = judge.availability(seen)
    assert judge.healthy_at(moments, 0.0, 1) == 3
    assert judge.healthy_at(moments[:2], 0.0, 1) is None
    assert judge.healthy_at(moments, 9.0, 1) == 9


def test_a_verdict_from_before_the_sign_is_called_a_guess() -> None:
    found = [outcome(), outcome(tool="other", verdict_s=None), outcome(tool="slow", aborted=False, verdict_s=None)]
    row = next(each for each in report.tables(found) if each.startswith("| crash-loop"))
    assert row == "| crash-loop | 0.5 (0.5), yes | guessed before t0 in 1 of 1 | none |"
    assert len(re.findall("<circle", plot.svg(found))) == 3 + 2


def test_tools_with_their_own_deadline_have_a_table_of_their_own() -> None:
    found = [outcome(), outcome(tool="kubectl-shipped", verdict_s=590.0)]
    rows = [each for each in report.tables(found) if each.startswith("| crash-loop")]
    assert rows == ["| crash-loop | 0.5 (0.5), yes |", "| crash-loop | 590.0 (590.0), yes |"]
    assert "shipped" not in plot.svg(found)


def test_the_scene_of_a_replay_is_a_rollouts() -> None:
    server = {"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}
    context = {"name": "c", "context": {"cluster": "c", "user": "u"}}
    user = {"name": "u", "user": {"token": "t"}}
    config = {"clusters": [server], "contexts": [context], "users": [user], "current-context": "c"}
    found, _ = scene(json.dumps({"apiVersion": "v1", "kind": "Config", **config}), "replayed", 60.0)
    assert (found.target.namespace, found.timeout_s) == ("replayed", 60.0)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    names = ("crash-loop", "secret-key-missing", "quota-too-small", "one-restart")
    with field(print) as place, logging(place.cluster, list(KINDS)) as log:
        found = replay(place, log, [("rez", name, 0) for name in names])
    return {each.scenario: each for each in found}


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore:subprocess .* is still running")  # the cluster outlives who starts it
@pytest.mark.parametrize("name", ["crash-loop", "secret-key-missing", "quota-too-small"])
def test_a_doomed_release_is_seen_within_two_seconds(outcomes: dict[str, Outcome], name: str) -> None:
    found = outcomes[name]
    assert found.verdict_s is not None
    assert 0 <= found.verdict_s <= 2
    assert found.named
    assert found.restored
    assert found.fewest == 3


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore:subprocess .* is still running")  # the cluster outlives who starts it
def test_a_release_that_restarts_once_is_not_aborted(outcomes: dict[str, Outcome]) -> None:
    assert not outcomes["one-restart"].aborted
    assert not ALL["one-restart"].doomed
