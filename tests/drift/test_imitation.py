from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from infra.drift.compare import Seen, compare
from infra.drift.imitation import imitate
from infra.local.plugins.kubernetes.live import prune
from tests.drift.conftest import FIXTURES, recorded

if TYPE_CHECKING:
    from infra.drift.difference import Difference

ANSWERED = sorted(
    behaviour
    for file in FIXTURES.glob("*/*.json")
    if recorded(behaviour := f"{file.parent.name}/{file.stem}")[1].applied is not None
)


def told(differences: list[Difference]) -> list[dict[str, Any]]:
    return sorted(({**vars(each)} for each in differences), key=lambda each: str(each["path"]))


@pytest.mark.parametrize("behaviour", [each for each in ANSWERED if each != "deployment/under-the-engines-name"])
def test_the_imitation_tells_what_the_api_server_does(behaviour: str) -> None:
    declared, seen = recorded(behaviour)
    assert seen.live is not None
    guess = imitate(declared.manifest, prune(seen.applied, declared.manifest), seen.live)
    answers = [compare(declared, Seen(seen.live, each), stack="local") for each in (seen.applied, guess)]
    assert told(answers[1]) == told(answers[0])


def test_another_spelling_of_a_quantity_is_no_drift() -> None:
    declared, seen = recorded("deployment/unchanged")
    assert seen.live is not None
    wanted = copy.deepcopy(declared.manifest)
    wanted["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1000m"
    guess = imitate(wanted, prune(seen.applied, wanted), seen.live)
    assert compare(declared, Seen(seen.live, guess), stack="local", autoscaled=True) == []


def test_an_item_and_a_field_that_are_gone_are_told() -> None:
    declared, seen = recorded("deployment/unchanged")
    assert seen.live is not None
    live = copy.deepcopy(seen.live)
    pod = live["spec"]["template"]["spec"]
    del pod["containers"][0]["readinessProbe"]
    pod["volumes"] = [each for each in pod["volumes"] if each["name"] != "tmp"]
    guess = imitate(declared.manifest, prune(seen.applied, declared.manifest), live)
    found = compare(declared, Seen(live, guess), stack="local", autoscaled=True)
    assert {each.field for each in found} == {
        'spec.template.spec.containers[name="api"].readinessProbe',
        'spec.template.spec.volumes[name="tmp"]',
    }
