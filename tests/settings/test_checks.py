from __future__ import annotations

import functools
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.settings import parse

CERTIFICATE = "arn:aws:acm:ap-south-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"


def only_problem(config: dict[str, Any], changes: dict[str, object], stack: str = "production") -> str:
    for path, value in changes.items():
        *parents, last = path.split(".")
        functools.reduce(lambda section, key: section[key], parents, config)[last] = value
    with pytest.raises(SettingsError) as caught:
        parse(config, stack=stack)
    (line,) = caught.value.problems
    return line


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"database.pool.max": 270},
            (
                "database.pool.max: (270 + 2) connections x (10 + 1) pods = 2992 is above the 2990 of M30; "
                "set at most 269, or a larger database.tier"
            ),
        ),
        (
            {"api.rollout.grace_period": "25s"},
            "api.rollout.grace_period: 25s must be above pre_stop + drain (5s + 20s); set at least 26s",
        ),
        (
            {"api.disruption.max_unavailable": 3},
            (
                "api.disruption.max_unavailable: 3 must be below api.pods.min (3), else one drain may take every pod; "
                "set at most 2"
            ),
        ),
        ({"api.pods.min": 10}, "api.pods.min: 10 must be below api.pods.max (10); lower min or raise max"),
        (
            {"api.cpu.request": "800m", "api.cpu.limit": "600m"},
            "api.cpu.request: 800m is above api.cpu.limit (600m); lower the request",
        ),
        (
            {"api.memory.heap_cap": "900Mi", "api.autoscaling.memory_target": "950Mi"},
            "api.memory.heap_cap: 900Mi is above 80% of api.memory.limit (1Gi); set at most 819Mi",
        ),
        (
            {"api.autoscaling.memory_target": "512Mi"},
            (
                "api.autoscaling.memory_target: 512Mi must be at least api.memory.heap_cap (768Mi) and below "
                "api.memory.limit (1Gi); set it between them"
            ),
        ),
        (
            {"api.rollout.progress_deadline": "2m"},
            (
                "api.rollout.progress_deadline: 2m must be above the slowest start (2m5s: startup period x failures + "
                "min_ready); set at least 126s"
            ),
        ),
        (
            {"api.probes.liveness.period": "1s"},
            "api.probes.liveness: restarts after 3s without an answer, must be at least 20s; raise period or failures",
        ),
        ({"database.pool.min": 60}, "database.pool.min: 60 is above database.pool.max (50); lower min"),
        ({"redis.replicas": 4}, "redis.replicas: 4 must be a multiple of redis.masters (3); set 3"),
        (
            {"alerts.error_rate.target": "2%"},
            "alerts.error_rate.target: 2% must be below alerts.error_rate.warning (1%); lower it or raise warning",
        ),
        (
            {"alerts.response_time_p95.critical": "400ms"},
            (
                "alerts.response_time_p95.warning: 500ms must be below alerts.response_time_p95.critical (400ms); "
                "lower it or raise critical"
            ),
        ),
        (
            {"maintenance.window.end": "03:00"},
            "maintenance.max_duration: 2h is longer than maintenance.window (02:00-03:00 UTC); set at most 1h",
        ),
        (
            {"maintenance.window.end": "12:00"},
            "maintenance.window: 02:00-12:00 UTC is 10h long, above the runbook's 3h; move start or end",
        ),
        (
            {"service.tls": {}},
            (
                "service.tls: missing for https://api.rezapp.com; set {certificate: ARN} if the Service's load "
                "balancer ends TLS, or {terminated: upstream} if something in front of it does"
            ),
        ),
        (
            {"service.tls.certificate": CERTIFICATE},
            "service.tls: certificate and terminated exclude each other; remove one",
        ),
        (
            {"contacts.on_call.slack": "@handle"},
            "contacts.on_call.slack: '@handle' is a placeholder, so a page would reach nobody; set a real value",
        ),
        (
            {"contacts.on_call.phone": "+15555550100"},
            (
                "contacts.on_call.phone: '+15555550100' is a placeholder, so a page would reach nobody; "
                "set a real number or leave it out"
            ),
        ),
    ],
)
def test_numbers_that_do_not_fit_are_one_line(
    config: dict[str, Any], changes: dict[str, object], expected: str
) -> None:
    assert only_problem(config, changes) == expected


def test_the_largest_pool_that_fits_is_accepted(config: dict[str, Any]) -> None:
    config["database"]["pool"]["max"] = 269
    assert parse(config, stack="production").database.pool.max == 269


def test_a_larger_tier_has_room_for_a_larger_pool(config: dict[str, Any]) -> None:
    config["database"] |= {"tier": "M40", "pool": {"max": 300, "min": 10}}
    assert parse(config, stack="production").database.tier == "M40"


def test_a_window_may_span_midnight(config: dict[str, Any]) -> None:
    config["maintenance"]["window"] |= {"start": "23:00", "end": "02:00"}
    assert parse(config, stack="production").maintenance.window.length_s == 3 * 3600


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "[Name]"),
        ("name", "TBD"),
        ("name", "John Doe"),
        ("name", "<name>"),
        ("name", "None"),
        ("name", "n/a"),
        ("name", "TBD (hiring)"),
        ("name", "Xxxx"),
        ("email", "changeme@rezapp.com"),
        ("email", "cto@example"),
        ("email", "cto@rez.invalid"),
        ("email", "a@example.com"),
        ("email", "a@mail.example.org"),
        ("email", "you@localhost"),
        ("phone", "+10000000000"),
        ("phone", "+12345678901"),
    ],
)
def test_production_refuses_a_placeholder_that_local_accepts(config: dict[str, Any], field: str, value: str) -> None:
    config["contacts"]["cto"][field] = value
    assert parse(config, stack="local").is_local
    assert only_problem(config, {}).startswith(f"contacts.cto.{field}: {value!r} is a placeholder")


def test_a_real_contact_is_no_placeholder(config: dict[str, Any]) -> None:
    config["contacts"]["cto"] = {
        "name": "Noa Barak",
        "email": "noa.n@rezapp.com",
        "phone": "+919845098450",
        "slack": "@noa",
    }
    assert parse(config, stack="production").contacts.cto.phone == "+919845098450"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Daniel Bar"),
        ("name", "Bar Refaeli"),
        ("name", "Heisuke Todo"),
        ("name", "Na Li"),
        ("name", "Exxon Unknown-None"),
        ("email", "daniel.bar@rezapp.com"),
        ("email", "example.user@rezapp.com"),
        ("email", "lead@by-example.com"),
        ("slack", "@foo.bar"),
        ("slack", "@handler"),
    ],
)
def test_a_persons_name_is_no_placeholder(config: dict[str, Any], field: str, value: str) -> None:
    config["contacts"]["cto"][field] = value
    assert getattr(parse(config, stack="production").contacts.cto, field) == value


@pytest.mark.parametrize("stack", ["production", "production-eu", "staging"])
def test_every_stack_but_local_says_where_tls_ends(config: dict[str, Any], stack: str) -> None:
    assert only_problem(config, {"service.tls": {}}, stack).startswith("service.tls: missing")
    assert parse(config, stack="local").service.tls.terminated is None


def test_plain_http_needs_no_tls(config: dict[str, Any]) -> None:
    config["service"] |= {"url": "http://api.internal", "tls": {}}
    assert parse(config, stack="staging").service.url == "http://api.internal"


def test_a_certificate_is_a_place_where_tls_ends(config: dict[str, Any]) -> None:
    config["service"]["tls"] = {"certificate": CERTIFICATE}
    assert parse(config, stack="production").service.tls.certificate == CERTIFICATE


BUILDER = {"repository": "rezapp/merchant-backend", "workflow": ".github/workflows/release.yml"}


def test_who_must_have_built_an_image_is_a_setting_that_may_be_left_out(config: dict[str, Any]) -> None:
    assert parse(config, stack="production").provenance.repository is None
    config["provenance"] = BUILDER
    found = parse(config, stack="production").provenance
    assert (found.repository, found.workflow) == tuple(BUILDER.values())


@pytest.mark.parametrize("missing", ["repository", "workflow"])
def test_half_a_builder_is_none(config: dict[str, Any], missing: str) -> None:
    half = {key: value for key, value in BUILDER.items() if key != missing}
    assert only_problem(config, {"provenance": half}).startswith(f"provenance.{missing}: missing; set both")


def test_local_images_have_no_builder(config: dict[str, Any]) -> None:
    assert only_problem(config, {"provenance": BUILDER}, "local").startswith("provenance: stack local runs images")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repository", "merchant-backend"),
        ("repository", "https://github.com/rezapp/merchant-backend"),
        ("repository", "rezapp/merchant-backend\n"),
        ("repository", "rezapp/a/b"),
        ("workflow", "release.yml"),
        ("workflow", ".github/workflows/../release.yml@main"),
        ("workflow", ".github/workflows/sub/release.yml"),
        ("workflow", ".github/workflows/release.yml@refs/heads/main"),
    ],
)
def test_a_builder_is_a_repository_and_a_file_of_it(config: dict[str, Any], field: str, value: str) -> None:
    line = only_problem(config, {"provenance": {**BUILDER, field: value}})
    assert line.startswith(f"provenance.{field}: ")
    assert "must be written like" in line
