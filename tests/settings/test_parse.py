from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from infra.errors import SettingsError
from infra.local.paths import ROOT
from infra.settings import Settings, load, parse
from infra.settings.stack_file import own_sections
from infra.settings.units import Section

if TYPE_CHECKING:
    from pathlib import Path


def problems(config: dict[str, Any], stack: str = "production") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        parse(config, stack=stack)
    return caught.value.problems


def spoil(config: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    functools.reduce(lambda section, key: section[key], parents, config)[last] = value


def production() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8"))
    return own_sections(document["config"])


@pytest.mark.parametrize("stack", ["production", "local"])
def test_the_stacks_in_the_repository_can_work(stack: str) -> None:
    assert load(stack, ROOT).stack == stack


def test_local_uses_productions_pod_numbers() -> None:
    local, production = load("local", ROOT), load("production", ROOT)
    own = {"atlas": production.database.atlas}
    redis = local.redis.model_copy(update={"storage": production.redis.storage})
    assert (local.api, local.database.model_copy(update=own), redis, local.alerts) == (
        production.api,
        production.database,
        production.redis,
        production.alerts,
    )


def test_the_runbooks_numbers_are_the_settings(config: dict[str, Any]) -> None:
    settings = parse(config, stack="production")
    api, alerts = settings.api, settings.alerts
    assert (api.pods.min, api.pods.max) == (3, 10)
    assert (api.cpu.request_millicores, api.cpu.limit_millicores) == (500, 1000)
    assert (api.memory.request_mib, api.memory.limit_mib) == (512, 1024)
    assert settings.storage.size_mib == 50 * 1024
    assert (settings.database.tier, settings.database.pool.max, settings.database.pool.min) == ("M30", 50, 10)
    assert list(alerts.error_rate.model_dump().values()) == [0.1, 1, 5]
    assert list(alerts.response_time_p95.model_dump().values()) == [300, 500, 1000]
    assert list(alerts.database_connections.model_dump().values()) == [80, 90, 95]
    assert (settings.maintenance.window.start, settings.maintenance.window.end) == ("02:00", "05:00")


def test_settings_cannot_be_changed(config: dict[str, Any]) -> None:
    settings = parse(config, stack="production")
    with pytest.raises(ValidationError, match="frozen"):
        settings.api.pods.min = 1  # type: ignore[misc]


def test_every_field_says_where_it_comes_from() -> None:
    def leaves(model: type[Section]) -> list[str]:
        found: list[str] = []
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
                found += leaves(field.annotation)
            elif not (field.description or "").startswith(("runbook, ", "ours")):
                found.append(f"{model.__name__}.{name}")
        return found

    assert leaves(Settings) == ["Settings.stack"]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("api.pods.min", 2, "api.pods.min: 2 is below the minimum 3 (runbook, Resource Allocation); set at least 3"),
        ("api.pods.max", 11, "api.pods.max: 11 is above the maximum 10 (runbook, Resource Allocation); set at most 10"),
        ("api.pods.max", "ten", "api.pods.max: 'ten' must be a whole number (runbook, Resource Allocation)"),
        (
            "api.memory.limit",
            "2Gi",
            "api.memory.limit: 2Gi is above the maximum 1Gi (runbook, Resource Allocation); set at most 1Gi",
        ),
        (
            "api.cpu.request",
            "5x",
            "api.cpu.request: '5x' is not a CPU quantity; write it like 500m or 0.5 (runbook, Resource Allocation)",
        ),
        ("api.pods", 3, "api.pods: 3 must be a section with keys of its own"),
        ("api.podz", {}, "api.podz: unknown key; did you mean pods?"),
        (
            "database.tier",
            "M10",
            (
                "database.tier: 'M10' must be 'M30', 'M40', 'M50' or 'M60' "
                "(runbook, Technology Stack: MongoDB Atlas (M30 cluster))"
            ),
        ),
        (
            "service.url",
            "rezapp",
            "service.url: 'rezapp' must be written like https://api.rezapp.com (runbook, Service Information)",
        ),
        (
            "maintenance.window.time_zone",
            "Mars/Base",
            (
                "maintenance.window.time_zone: 'Mars/Base' is not a time zone; write it like UTC or Asia/Kolkata "
                "(runbook, Planned Maintenance: Schedule)"
            ),
        ),
    ],
)
def test_a_wrong_field_is_one_line_with_value_bound_and_remedy(
    config: dict[str, Any], path: str, value: object, line: str
) -> None:
    spoil(config, path, value)
    assert problems(config) == [line]


def test_a_missing_section_is_named(config: dict[str, Any]) -> None:
    del config["redis"]
    assert problems(config) == ["redis: missing; add it to the stack file"]


def test_the_value_of_an_unknown_key_is_not_shown(config: dict[str, Any]) -> None:
    config["database"]["uri"] = "mongodb://user:hunter2@db"
    assert "hunter2" not in "".join(problems(config))


def test_all_problems_are_reported_at_once(config: dict[str, Any]) -> None:
    spoil(config, "api.pods.min", 1)
    spoil(config, "api.memory.heap_cap", "850Mi")
    spoil(config, "alerts.cpu.warning", "95%")
    spoil(config, "contacts.cto.name", "[Name]")
    found = [line.partition(":")[0] for line in problems(config)]
    assert found == ["api.pods.min", "api.memory.heap_cap", "alerts.cpu.warning", "contacts.cto.name"]


def test_a_stack_file_that_is_absent_or_no_yaml_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.bad.yaml").write_text("config: [", encoding="utf-8")
    (tmp_path / "Pulumi.empty.yaml").write_text("", encoding="utf-8")
    for stack in ("absent", "bad", "empty"):
        with pytest.raises(SettingsError) as caught:
            load(stack, tmp_path)
        assert len(caught.value.problems) == len(str(caught.value).splitlines()) == 1


WRITTEN = ["500m", "1Gi", "5s", "9%", "M30"]

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WRITTEN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)) | st.text(), JUNK))
def test_junk_is_refused_in_single_lines(junk: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(junk, stack="production")
    assert caught.value.problems == str(caught.value).split("\n")


def leaf_paths(section: dict[str, Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for key, value in section.items():
        path = f"{prefix}{key}"
        found += [path, *leaf_paths(value, f"{path}.")] if isinstance(value, dict) else [path]
    return found


@given(data=st.data(), junk=JUNK)
def test_junk_in_one_place_is_settings_or_a_settings_error(data: st.DataObject, junk: object) -> None:
    config = production()
    spoil(config, data.draw(st.sampled_from(leaf_paths(config))), junk)
    try:
        assert parse(config, stack="production").stack == "production"
    except SettingsError as error:
        assert error.problems  # noqa: PT017 (either outcome is right)
