from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.manifests.canary import NAME, canary

if TYPE_CHECKING:
    from infra.manifests import Manifest

IMAGE = f"docker.io/rezapp/merchant-backend@sha256:{'b' * 64}"


@pytest.fixture
def job(template: Manifest) -> Manifest:
    return canary(template, version="v2", image=IMAGE, pods=1, lifetime_s=100)


def test_it_ends_by_itself(job: Manifest) -> None:
    spec = job["spec"]
    assert (spec["activeDeadlineSeconds"], spec["backoffLimit"], spec["ttlSecondsAfterFinished"]) == (100, 0, 60)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_it_runs_the_release_in_the_same_pod(job: Manifest, template: Manifest) -> None:
    (container,), (other,) = job["spec"]["template"]["spec"]["containers"], template["spec"]["containers"]
    assert container == {**other, "image": IMAGE}
    assert job["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/version"] == "v2"


def test_nothing_selects_it_but_the_network_policies(job: Manifest) -> None:
    labels = job["spec"]["template"]["metadata"]["labels"]
    assert (labels["track"], "app" in labels) == ("canary", False)
    assert labels["app.kubernetes.io/name"] == "merchant-backend"


def test_it_is_no_part_of_the_stack(job: Manifest) -> None:
    assert job["metadata"]["name"] == NAME
    assert job["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "rez"


def test_the_template_is_left_as_it_was(template: Manifest, job: Manifest) -> None:
    assert template["metadata"]["labels"]["track"] == "stable"
