from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.manifests.migration import COMMAND, LABEL, NAME, class_of, migration

if TYPE_CHECKING:
    from infra.manifests import Manifest

IMAGE = f"docker.io/rezapp/merchant-backend@sha256:{'b' * 64}"


@pytest.fixture
def job(template: Manifest) -> Manifest:
    return migration(template, version="v2", image=IMAGE, timeout_s=600)


def test_there_is_one_at_a_time_and_one_try(job: Manifest) -> None:
    spec = job["spec"]
    assert (job["metadata"]["name"], spec["parallelism"], spec["completions"], spec["backoffLimit"]) == (NAME, 1, 1, 0)
    assert (spec["podReplacementPolicy"], spec["activeDeadlineSeconds"]) == ("Failed", 600)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_it_runs_the_migration_of_the_release_with_the_api_s_config_and_secrets(
    job: Manifest, template: Manifest
) -> None:
    (container,), (api,) = job["spec"]["template"]["spec"]["containers"], template["spec"]["containers"]
    assert (container["name"], container["image"], container["command"]) == ("migration", IMAGE, list(COMMAND))
    assert all(container[key] == api[key] for key in ("envFrom", "volumeMounts", "resources", "securityContext"))
    assert not container.keys() & {"ports", "startupProbe", "readinessProbe", "livenessProbe", "lifecycle"}
    assert job["spec"]["template"]["spec"]["volumes"] == template["spec"]["volumes"]


def test_nothing_selects_it_but_the_network_policies(job: Manifest) -> None:
    labels = job["spec"]["template"]["metadata"]["labels"]
    assert (labels["track"], "app" in labels) == ("migration", False)
    assert labels["app.kubernetes.io/name"] == "merchant-backend"
    assert labels["app.kubernetes.io/version"] == "v2"


def test_it_is_no_part_of_the_stack(job: Manifest, template: Manifest) -> None:
    assert job["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "rez"
    assert template["metadata"]["labels"]["track"] == "stable"


@pytest.mark.parametrize("declared", ["none", "expand", "contract"])
def test_the_image_says_what_it_does(declared: str) -> None:
    assert class_of({LABEL: declared}) == declared


def test_an_image_that_says_nothing_migrates_nothing() -> None:
    assert class_of({"org.opencontainers.image.title": "merchant-backend"}) == "none"


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="'shrink'; it must be one of none, expand, contract"):
        class_of({LABEL: "shrink"})
