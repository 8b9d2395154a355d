from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.manifests.names import REPOSITORY
from infra.rollout import deploy
from infra.rollout.progress import Entered, Planned, Watched, pods_by_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.rollout.snapshot import Snapshot


def test_pods_are_counted_by_what_they_are(snapshot: Callable[[str], Snapshot]) -> None:
    assert pods_by_state(snapshot("deployment/healthy-v2")) == {"new": {"ready": 3}}
    found = pods_by_state(snapshot("deployment/crashing-v3"))
    assert found["new"].keys() & {"CrashLoopBackOff", "starting"}
    assert found["old"] == {"ready": 3}
    assert "old" in pods_by_state(snapshot("deployment/old-pods-left"))


def test_a_run_tells_its_phases_and_its_pods(stage: Any) -> None:
    events: list[Any] = []
    scene = stage.scene()
    object.__setattr__(scene, "show", events.append)
    deploy.deploy(scene, deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY))
    planned = [event for event in events if isinstance(event, Planned)]
    names = tuple(phase.name for phase in deploy.PHASES)
    assert planned == [Planned(names)]
    assert tuple(event.phase for event in events if isinstance(event, Entered)) == names
    watched = next(event for event in events if isinstance(event, Watched))
    assert watched.pods == {"new": {"ready": 3}}
    assert 0 < watched.left_s <= scene.timeout_s
