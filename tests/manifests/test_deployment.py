from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.manifests.deployment import deployment

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.manifests.pod import Mounts
    from infra.manifests.release import Release
    from infra.settings import Settings


@pytest.fixture
def manifest(settings: Settings, release: Release, mounts: Mounts) -> Manifest:
    return deployment(settings, release, mounts)


def test_the_number_of_pods_is_left_to_the_autoscaler(manifest: Manifest) -> None:
    assert "replicas" not in manifest["spec"]


def test_a_rollout_never_has_a_pod_fewer(manifest: Manifest) -> None:
    assert manifest["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }


def test_it_selects_stable_pods_alone_and_its_template_matches(manifest: Manifest) -> None:
    selector = manifest["spec"]["selector"]["matchLabels"]
    assert selector == {"app": "merchant-backend", "track": "stable"}
    assert selector.items() <= manifest["spec"]["template"]["metadata"]["labels"].items()


def test_the_engine_does_not_wait_for_the_rollout(manifest: Manifest) -> None:
    assert manifest["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"


def test_the_engine_writes_under_the_name_that_rez_uses(manifest: Manifest) -> None:
    assert manifest["metadata"]["annotations"]["pulumi.com/patchFieldManager"] == "rez-infra"
