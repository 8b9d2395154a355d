"""Rows of `rez doctor`: what is there, what comes by itself, what is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.cli.doctor import as_json, as_lines
from infra.local import abilities, debian, doctor, paths
from infra.local.abilities import CONTROLLERS, Abilities
from infra.local.cluster import lifecycle
from infra.local.doctor import Row, collect, missing, rotation
from infra.local.doctor.host import machine_rows, package_rows
from infra.local.doctor.programs import compiler_rows, tool_row
from infra.local.toolchain import TOOLS, Found

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ABLE = Abilities("Linux", True, True, 2, CONTROLLERS, 8000, 50_000, 2)  # noqa: FBT003 - positions of a record


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing on PATH, nothing in the cache."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.delenv("REZ_RUN", raising=False)
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    (tmp_path / "path").mkdir()
    return tmp_path / "path"


def script(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def test_an_absent_tool_is_built_when_needed_and_is_no_failure() -> None:
    row = tool_row(TOOLS["kubernetes"])
    assert (row.status, row.version, row.source) == ("later", "", "absent")
    assert row.remedy == "built when first needed, in about 5 min"


def test_a_tool_on_path_says_from_where(empty_machine: Path) -> None:
    script(empty_machine, "pulumi", "echo v3.230.1")
    row = tool_row(TOOLS["pulumi"])
    assert (row.status, row.version, row.source) == ("ok", "3.230.1", f"PATH: {empty_machine / 'pulumi'}")


def test_a_tool_that_does_not_fit_is_named_with_the_versions_that_do(empty_machine: Path) -> None:
    script(empty_machine, "kubectl", "echo Client Version: v1.32.4")
    row = tool_row(TOOLS["kubectl"])
    assert row.status == "later"
    assert row.remedy == "1.32.4 on PATH does not fit >=1.34,<1.37; built when first needed, in about 5 min"


def test_an_old_go_and_an_absent_uv_come_by_themselves(empty_machine: Path) -> None:
    script(empty_machine, "go", "echo go1.22.1")
    go, uv = compiler_rows()
    assert (go.status, go.version) == ("later", "1.22.1")
    assert "Go 1.26.4 is needed" in go.remedy
    assert (uv.status, uv.remedy) == ("later", "make local installs it by pip")


@pytest.mark.parametrize(
    ("apt", "root", "status", "remedy"),
    [
        (True, True, "later", "make local installs it"),
        (True, False, "warning", "as root: apt-get install socat"),
        (False, True, "warning", "install socat; without it nodes are simulated"),
    ],
)
def test_an_absent_package_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
    apt: bool,  # noqa: FBT001
    root: bool,  # noqa: FBT001
    status: str,
    remedy: str,
) -> None:
    monkeypatch.setattr(debian, "PACKAGES", {"socat": "socat"})
    monkeypatch.setattr(debian, "is_there", lambda name: apt and name == "apt-get")
    [row] = package_rows(replace(ABLE, root=root))
    assert (row.status, row.remedy) == (status, remedy)


def test_a_package_somebody_else_installed_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "PACKAGES", {"socat": "socat"})
    monkeypatch.setattr(debian, "is_there", lambda _: True)
    [row] = package_rows(ABLE)
    assert (row.status, row.source) == ("ok", "PATH")


def machine(able: Abilities, *, to_build: bool = False) -> dict[str, Row]:
    return {row.name: row for row in machine_rows(able, to_build=to_build)}


def test_a_machine_without_root_is_told_the_two_other_ways() -> None:
    nodes = machine(replace(ABLE, root=False))["nodes"]
    assert (nodes.status, nodes.version) == ("missing", "simulated only")
    assert nodes.remedy == "real nodes need root: rez local up --simulated, or --context NAME"


@pytest.mark.parametrize("to_build", [True, False])
def test_room_is_asked_for_building_only_when_there_is_something_to_build(to_build: bool) -> None:  # noqa: FBT001
    disk = machine(replace(ABLE, disk_mib=3000), to_build=to_build)["disk"]
    assert disk.status == ("missing" if to_build else "ok")


def test_too_little_memory_is_missing_with_the_amount_that_is_needed() -> None:
    memory = machine(replace(ABLE, memory_mib=2048))["memory"]
    assert (memory.status, memory.version, memory.remedy) == ("missing", "2.0 GiB", "3.4 GiB are needed")


def test_only_what_make_local_cannot_get_is_missing() -> None:
    rows = [Row("g", status, status) for status in ("ok", "later", "warning", "missing")]
    assert [row.name for row in missing(rows)] == ["missing"]


def test_a_cluster_that_never_ran_that_ran_and_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [row.status for row in doctor.cluster_rows(TODAY)] == ["later"]
    paths.run().mkdir(parents=True)
    [stopped] = doctor.cluster_rows(TODAY)
    assert (stopped.status, stopped.version) == ("warning", "stopped")

    class Running:
        class machine:  # noqa: N801 - stands for an attribute
            nodes = 3
            simulated = False

    monkeypatch.setattr(lifecycle, "find", Running)
    monkeypatch.setattr(lifecycle, "memory_mib", lambda _: 1234)
    monkeypatch.setattr("infra.cluster.Cluster.connect", lambda **_: None)
    found = {"state": "ok", "ready": 6, "pods": 6, "certificate_ends": "2026-12-01"}
    measured = {"slots": 16384, "version": "7.0.15", "memory_used_mib": 9, "memory_limit_mib": 960, "hit_percent": 90}
    monkeypatch.setattr("infra.operations.cache.read", lambda _: found | measured)
    running, database, cached = doctor.cluster_rows(TODAY)
    assert (running.status, running.version) == ("ok", "3 nodes, 1234 MiB")
    assert (database.status, database.name) == ("warning", "local database")
    assert "no credentials for Atlas" in database.version
    assert (cached.status, cached.name) == ("warning", "local cache")
    assert cached.remedy.startswith("the certificate ends on 2026-12-01")


def test_support_rows_are_only_those_that_need_a_person() -> None:
    uses = [("Node.js", "18", "the API"), ("Node.js", "24", "a test"), ("etcd", "3.6.1", "local"), ("Nothing", "1", "")]
    [row] = doctor.support_rows(uses, TODAY)
    assert (row.name, row.version, row.status, row.purpose) == ("Node.js", "18", "warning", "the API")


def test_overdue_secrets_of_the_chosen_stack_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_STACK", "production")
    told = [
        {"name": name, "source": "stack file", "age_days": 31, "exact": False, "rotation": state,
         "rotation_days": 30, "due": "2026-11-22"}
        for name, state in (("JWT_SECRET", "overdue"), ("SENTRY_DSN", "due"), ("TWILIO_AUTH_TOKEN", "unknown"))
    ]  # fmt: skip
    monkeypatch.setattr(rotation.secret_ages, "read", lambda *_, **__: (told, ["cluster unavailable"]))
    away, overdue = rotation.rotation_rows(NOW)
    assert (away.status, away.remedy) == ("warning", "cluster unavailable")
    assert (overdue.name, overdue.status, overdue.version) == ("JWT_SECRET", "warning", "at least 31 d")
    assert overdue.remedy == "rotate it: every 30 days, due since 2026-11-22"


def test_without_a_stack_no_secret_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    monkeypatch.setenv("REZ_RUN", str(tmp_path / "absent"))
    assert rotation.rotation_rows(NOW) == []


def test_everything_is_collected_in_the_order_of_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abilities, "read", lambda: ABLE)
    rows = collect(NOW)
    groups = list(dict.fromkeys(row.group for row in rows))
    assert groups == ["tools", "packages", "python", "machine", "cluster", "plugins", "support"]
    assert {row.name for row in rows if row.group == "support"} >= {"Kubernetes Dashboard"}
    assert missing(rows) == []


def test_json_holds_every_field() -> None:
    row = tool_row(TOOLS["pause"])
    told: dict[str, Any] = json.loads(as_json([row], ok=True))
    assert told["ok"] is True
    assert told["rows"][0] == {
        "group": "tools",
        "name": "pause",
        "status": "later",
        "version": "",
        "source": "absent",
        "purpose": "the first process of every pod",
        "remedy": "built when first needed, in about 10 s",
    }


def test_plain_lines_are_aligned_below_their_group() -> None:
    rows = [Row("a", "one", "ok", "1.0", "PATH"), Row("a", "three", "missing"), Row("b", "two", "later", remedy="wait")]
    assert as_lines(rows) == [
        "a:",
        "  ok      one    1.0 | PATH",
        "  MISSING three",
        "",
        "b:",
        "  later   two    wait",
    ]


def test_a_tool_of_our_own_has_no_version_number(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Found("pause", Path("/cache/pause"), "", "cache")
    monkeypatch.setattr("infra.local.toolchain.find.locate", lambda _: found)
    assert tool_row(TOOLS["pause"]).version == "ours"
