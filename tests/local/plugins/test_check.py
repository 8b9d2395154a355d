"""Inputs completed, and plain mistakes refused."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.plugins.kubernetes.check import AUTONAMED, Checked, Context, check
from infra.local.plugins.kubernetes.codec import UNKNOWN, Secret


def run(
    news: dict[str, Any],
    olds: dict[str, Any] | None = None,
    kind: str = "core/v1:ConfigMap",
    namespace: str | None = "default",
) -> Checked:
    return check(news, olds or {}, Context(f"kubernetes:{kind}", "settings", b"\x12\x34\x56\x78\x9a", namespace))


def test_kind_and_namespace_are_filled_in() -> None:
    found = run({"metadata": {"name": "x"}})
    assert found.inputs == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "default"}}
    assert not found.failures


def test_a_kind_outside_of_namespaces_gets_none() -> None:
    assert run({"metadata": {"name": "x"}}, kind="core/v1:Namespace", namespace=None).inputs["metadata"] == {
        "name": "x"
    }


def test_a_name_is_made_of_the_seed_and_kept() -> None:
    first = run({}).inputs
    assert first["metadata"]["name"] == "settings-1234567"
    assert first["metadata"]["annotations"] == {AUTONAMED: "true"}
    kept = check({}, first, Context("kubernetes:core/v1:ConfigMap", "settings", b"\xff\xff\xff\xff", "default"))
    assert kept.inputs == first


def test_a_given_name_that_is_dropped_is_not_kept() -> None:
    assert run({}, {"metadata": {"name": "x"}}).inputs["metadata"]["name"] == "settings-1234567"


def test_nulls_are_left_out() -> None:
    assert "data" not in run({"data": None, "metadata": {"name": "x", "labels": None}}).inputs


def test_secret_texts_are_encoded_and_sealed() -> None:
    found = run(
        {"stringData": {"a": Secret("v"), "b": UNKNOWN, "c": "w"}, "data": {"d": "dg=="}}, kind="core/v1:Secret"
    ).inputs
    assert found["data"] == {"a": Secret("dg=="), "b": Secret(UNKNOWN), "c": Secret("dw=="), "d": Secret("dg==")}
    assert "stringData" not in found


def test_wholly_unknown_secret_texts_stay_unknown() -> None:
    assert run({"stringData": Secret(UNKNOWN)}, kind="core/v1:Secret").inputs["data"] == Secret(UNKNOWN)


@pytest.mark.parametrize(
    ("news", "path"),
    [
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"name": 3}}, "metadata.name"),
        ({"metadata": {"name": "x", "labels": {"a": 1}}}, "metadata.labels.a"),
        ({"metadata": {"name": "x"}, "data": {"PORT": 3000}}, "data.PORT"),
        ({"metadata": {"name": "x"}, "data": ["a"]}, "data"),
    ],
)
def test_a_plain_mistake_names_the_property(news: dict[str, Any], path: str) -> None:
    assert [failure[0] for failure in run(news).failures] == [path]


def test_a_mistake_in_a_secret_is_not_quoted() -> None:
    (failure,) = run({"stringData": {"PIN": Secret(4711)}}, kind="core/v1:Secret").failures
    assert failure == ("data.PIN", "must be a string, got int: quote it")


@pytest.mark.parametrize("kind", ["helm.sh/v3:Release", "yaml/v2:ConfigFile", "apps/v1:DeploymentPatch"])
def test_types_that_are_no_single_object_are_refused(kind: str) -> None:
    assert "not supported by the offline plugin" in run({}, kind=kind).failures[0][1]
