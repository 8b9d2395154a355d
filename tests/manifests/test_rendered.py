from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.manifests import names
from infra.manifests.config_map import config_map
from infra.manifests.deployment import deployment
from infra.manifests.pod import Mounts
from infra.manifests.release import Release
from infra.manifests.rendered import Rendered

if TYPE_CHECKING:
    from infra.settings import Settings

V2 = Release("v2", f"{names.REPOSITORY}@sha256:{'2' * 64}")


def with_pool(settings: Settings, size: int) -> Settings:
    pool = settings.database.pool.model_copy(update={"max": size})
    return settings.model_copy(update={"database": settings.database.model_copy(update={"pool": pool})})


def test_a_release_survives_its_record(settings: Settings) -> None:
    found = Rendered.of(settings, V2)
    assert Rendered.parse(str(found), V2) == found


def test_with_its_mounts_it_is_the_deployment_that_the_settings_declare(settings: Settings) -> None:
    mounts = Mounts(config_map(settings)["metadata"]["name"], ("db-secrets-1", "service-secrets-2"))
    assert Rendered.of(settings, V2).mounting(mounts).spec == deployment(settings, V2, mounts)["spec"]


def test_a_record_names_no_secret_and_gets_todays(settings: Settings) -> None:
    text = str(Rendered.of(settings, V2))
    assert "db-secrets" not in text
    back = Rendered.parse(text, V2).mounting(Mounts("config-of-then", ("db-secrets-new",)))
    pod = back.spec["template"]["spec"]
    volume = next(each for each in pod["volumes"] if each["name"] == "secrets")
    assert volume["projected"]["sources"] == [{"secret": {"name": "db-secrets-new"}}]
    assert pod["containers"][0]["envFrom"] == [{"configMapRef": {"name": "config-of-then"}}]


def test_a_record_of_another_release_is_refused(settings: Settings) -> None:
    other = Release("v3", f"{names.REPOSITORY}@sha256:{'3' * 64}")
    with pytest.raises(ValueError, match=r"is of v2 .*, not of v3"):
        Rendered.parse(str(Rendered.of(settings, V2)), other)
    with pytest.raises(ValueError, match="not of v2"):
        Rendered.parse(str(Rendered.of(settings, V2)), Release("v2", other.image))


@pytest.mark.parametrize("junk", ["", "[]", "{}", '{"spec":{},"config":{}}', '{"spec":[],"config":{}}'])
def test_what_is_no_record_is_refused(junk: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Rendered.parse(junk, V2)


def test_differences_are_named_by_field_with_both_values(settings: Settings) -> None:
    then, now = Rendered.of(with_pool(settings, 40), V2), Rendered.of(settings, V2)
    assert then.differences(then) == []
    assert then.differences(now) == ['config.MONGODB_MAX_POOL_SIZE: "40" instead of "50"']


def test_an_override_of_memory_holds_for_a_release_that_came_back(settings: Settings) -> None:
    memory = settings.api.memory.model_copy(update={"limit_mib": 2048, "heap_cap_mib": 1536})
    larger = settings.model_copy(update={"api": settings.api.model_copy(update={"memory": memory})})
    then = Rendered.of(with_pool(settings, 40), V2)
    sized = then.sized_as(Rendered.of(larger, V2))
    container = sized.spec["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"]["memory"] == "2Gi"
    assert container["env"] == [{"name": "NODE_OPTIONS", "value": "--max-old-space-size=1536"}]
    assert sized.config == then.config
    assert json.loads(str(then))["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] == "1Gi"
