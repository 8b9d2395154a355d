from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.paths import ROOT
from infra.manifests import overrides as module
from infra.manifests.deployment import deployment
from infra.manifests.hpa import hpa
from infra.manifests.overrides import Memory, Overrides, Restart, Scale, annotated, restarted, told
from infra.settings import checks, load
from policies.judging.exemptions import ANNOTATION, cover, of_resources
from policies.judging.judge import judge
from policies.limits import MEMORY_FOR_A_WHILE_MIB
from policies.objects.resources import from_manifest

if TYPE_CHECKING:
    from infra.manifests.pod import Mounts
    from infra.manifests.release import Release
    from infra.settings import Settings

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHO = {"since": NOW, "expires": NOW + 4 * HOUR, "reason": "INC-7: leak", "by": "me@here"}


def scale(least: int, most: int, **more: Any) -> Scale:
    return Scale(**{**WHO, **more}, pods={"min": least, "max": most})  # type: ignore[arg-type]


def memory(limit_mib: int, **more: Any) -> Memory:
    return Memory(**{**WHO, **more}, limit_mib=limit_mib)


def patch(**kinds: Any) -> str:
    return json.dumps({kind: value and json.loads(value.model_dump_json()) for kind, value in kinds.items()})


BOTH = Overrides(scale=scale(5, 5), memory=memory(2048), restart=Restart(at=NOW, reason="a", by="b"))


def test_an_hour_before_its_end_it_holds_and_at_its_end_it_does_not() -> None:
    assert BOTH.in_force(NOW + 3 * HOUR) == BOTH
    assert BOTH.in_force(NOW + 4 * HOUR) == Overrides(restart=BOTH.restart)


def test_one_that_ends_takes_no_other_with_it() -> None:
    longer = BOTH.model_copy(update={"memory": memory(2048, expires=NOW + 5 * HOUR)})
    assert longer.in_force(NOW + 4 * HOUR).temporary().keys() == {"memory"}


def test_a_patch_sets_one_kind_and_lets_the_others_be() -> None:
    assert BOTH.changed(patch(scale=scale(4, 8))) == BOTH.model_copy(update={"scale": scale(4, 8)})
    assert BOTH.changed(patch(scale=None)) == BOTH.model_copy(update={"scale": None})
    assert BOTH.changed("{}") == BOTH


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pods": {"min": 2, "max": 5}}, "scale.pods.min: Input should be greater than or equal to 3"),
        ({"pods": {"min": 3, "max": 11}}, "scale.pods.max: Input should be less than or equal to 10"),
        ({"expires": "2026-12-02T03:00:01Z"}, "within 72h"),
        ({"expires": "2026-11-29T03:00:00Z"}, "must end after its begin"),
        ({"expires": "2026-11-29T07:00:00"}, "timezone"),
        ({"reason": " "}, "scale.reason"),
        ({"reason": "two\nlines"}, "scale.reason"),
        ({"by": None}, "scale.by"),
        ({"replicas": 7}, "scale.replicas"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_field(change: dict[str, Any], said: str) -> None:
    asked = json.loads(patch(scale=scale(4, 8)))
    with pytest.raises(ValueError, match=said):
        Overrides().changed(json.dumps({"scale": asked["scale"] | change}))


@pytest.mark.parametrize("text", ["", "[]", "7", '{"nodes": {}}', '{"memory": {"limit_mib": 2049}}'])
def test_what_is_no_patch_is_refused(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        Overrides().changed(text)


def test_a_limit_takes_the_heap_and_the_autoscalers_target_along(settings: Settings) -> None:
    api = Overrides(memory=memory(2048)).applied(settings).api
    assert (api.memory.limit_mib, api.memory.heap_cap_mib, api.autoscaling.memory_target_mib) == (2048, 1536, 1740)
    assert api.memory.request_mib == settings.api.memory.request_mib
    assert api.pods == settings.api.pods


@pytest.mark.parametrize("limit_mib", [1025, 1300, 1536, 2047, 2048])
def test_whatever_the_limit_heap_and_target_still_fit_it(settings: Settings, limit_mib: int) -> None:
    api = Overrides(memory=memory(limit_mib)).applied(settings).api
    assert checks.problems({"api.memory": api.memory, "api.autoscaling": api.autoscaling}) == []


def test_bounds_go_to_the_autoscaler_and_nothing_else_changes(
    settings: Settings, release: Release, mounts: Mounts
) -> None:
    overridden = Overrides(scale=scale(5, 8)).applied(settings)
    spec = hpa(overridden)["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (5, 8)
    assert deployment(overridden, release, mounts) == deployment(settings, release, mounts)


def test_without_any_nothing_is_changed_or_said(settings: Settings, release: Release, mounts: Mounts) -> None:
    assert Overrides().applied(settings) == settings
    plain = deployment(settings, release, mounts)
    assert annotated(restarted(plain, None), None) == plain


def test_objects_say_what_is_overridden_and_it_is_read_back(
    settings: Settings, release: Release, mounts: Mounts
) -> None:
    scaled = annotated(hpa(settings), BOTH.scale)
    running = annotated(restarted(deployment(settings, release, mounts), BOTH.restart), BOTH.memory)
    found = told(
        hpa=scaled["metadata"], deployment=running["metadata"], template=running["spec"]["template"]["metadata"]
    )
    assert Overrides.of(found) == BOTH


def test_a_restart_makes_new_pods_and_a_limit_says_nothing_on_them(
    settings: Settings, release: Release, mounts: Mounts
) -> None:
    plain = deployment(settings, release, mounts)
    assert restarted(plain, BOTH.restart)["spec"]["template"] != plain["spec"]["template"]
    assert annotated(plain, BOTH.memory)["spec"] == plain["spec"]


@pytest.mark.parametrize("output", [None, "text", {}, {"scale": None}, {"scale": "{}"}, {"scale": 7}, {"other": "{}"}])
def test_what_cannot_be_read_is_no_override(output: object) -> None:
    assert Overrides.of(output) == Overrides()


def test_one_that_cannot_be_read_hides_no_other() -> None:
    good = scale(5, 5)
    assert Overrides.of({"memory": "{", "scale": good.model_dump_json()}) == Overrides(scale=good)


class TestPolicies:
    """The pack, which knows nothing of overrides, lets exactly them pass."""

    def _found(self, manifest: dict[str, Any]) -> tuple[set[str], set[str]]:
        resource = from_manifest(manifest, "test")
        findings = cover(judge(resource, stack="production"), [of_resources([resource])], today=(NOW + 4 * HOUR).date())
        blocking = {each.rule.id for each in findings if each.exemption is None}
        return blocking, {each.rule.id for each in findings} - blocking

    def test_pinned_pods(self, settings: Settings) -> None:
        overrides = Overrides(scale=scale(5, 5))
        pinned = annotated(hpa(overrides.applied(settings)), overrides.scale)
        assert self._found(pinned) == (set(), {"hpa-range"})
        pinned["spec"] |= {"minReplicas": 6, "maxReplicas": 6}
        assert self._found(pinned) == ({"hpa-range"}, set())

    def test_other_bounds_need_no_leave(self, settings: Settings) -> None:
        overrides = Overrides(scale=scale(5, 8))
        scaled = annotated(hpa(overrides.applied(settings)), overrides.scale)
        assert ANNOTATION not in scaled["metadata"]["annotations"]
        assert self._found(scaled) == (set(), set())

    def test_more_memory(self, settings: Settings, release: Release, mounts: Mounts) -> None:
        overrides = Overrides(memory=memory(2048))
        larger = annotated(deployment(overrides.applied(settings), release, mounts), overrides.memory)
        assert self._found(larger) == (set(), {"deployment-memory-limit"})
        larger["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = "3Gi"
        assert self._found(larger) == ({"deployment-memory-limit"}, set())

    def test_both_sides_mean_the_same(self) -> None:
        assert module.EXEMPTION == ANNOTATION
        assert module.MOST_MEMORY_MIB == MEMORY_FOR_A_WHILE_MIB


def test_the_local_stack_takes_them_too() -> None:
    assert BOTH.applied(load("local", ROOT)).api.memory.heap_cap_mib == 1536
