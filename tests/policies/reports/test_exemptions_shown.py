"""Which exemptions are told to end soon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.errors import PolicyViolation, PreconditionError
from infra.local import paths
from policies.judging.exemption import Exemption
from policies.reports.exemptions import as_json, ending, render

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 25)


def exemption(days: int, **changed: str) -> Exemption:
    values = {
        "rule": "hpa-cpu-target",
        "resource": "HorizontalPodAutoscaler production/x",
        "field": "",
        "value": "",
        "reason": "INC-7",
        "owner": "oncall@rezapp.com",
    }
    return Exemption(**(values | changed), expires=TODAY + timedelta(days=days), origin="Pulumi.production.yaml")


@pytest.mark.parametrize(
    ("days", "within", "told"),
    [(14, 14, True), (15, 14, False), (0, 14, True), (-1, 14, True), (0, 0, True), (1, 0, False), (400, None, True)],
)
def test_an_exemption_is_told_of_when_it_ends_within_the_days(days: int, within: int | None, told: bool) -> None:  # noqa: FBT001
    assert bool(ending([exemption(days)], today=TODAY, within_days=within)) is told


def test_the_first_to_end_comes_first() -> None:
    found = ending([exemption(3), exemption(1), exemption(2)], today=TODAY, within_days=None)
    assert [(each.expires - TODAY).days for each in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("days", "says"),
    [(-2, "has ended 2 days ago"), (-1, "has ended 1 day ago"), (0, "ends today"), (1, "holds 1 day more")],
)
def test_a_line_says_how_long_it_holds(days: int, says: str) -> None:
    assert says in render([exemption(days)], today=TODAY)


def test_a_line_names_rule_object_field_owner_and_reason() -> None:
    line = render([exemption(1, resource="Deployment production/x", field="spec.y")], today=TODAY)
    parts = ["- 2026-11-26 `hpa-cpu-target`", "Deployment production/x spec.y", "oncall@rezapp.com: INC-7"]
    assert [part for part in parts if part not in line] == []


def test_an_object_has_the_days_that_are_left() -> None:
    (found,) = as_json([exemption(5)], today=TODAY)
    assert (found["rule"], found["expires"], found["days_left"]) == ("hpa-cpu-target", "2026-11-30", 5)


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path / "Pulumi.production.yaml"


def command(**options: object) -> None:
    from infra.cli.policies import exemptions

    exemptions(**({"ending_within": None, "stack": "production", "json": False} | options))  # type: ignore[arg-type]


def test_a_name_that_can_be_no_stacks_is_refused(stack_file: Path) -> None:
    (stack_file.parent / "x.yaml").write_text("config: {}\n")
    with pytest.raises(PreconditionError, match="is no name of a stack"):
        command(stack="/../x")


def test_without_exemptions_nothing_is_said(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack_file.write_text("config: {}\n")
    command(ending_within=14)
    assert capsys.readouterr().out == ""


def test_the_command_ends_with_4_when_one_ends_soon(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    entry = "{rule: hpa-cpu-target, resource: HorizontalPodAutoscaler a/b, reason: x, owner: me, expires: 2020-01-01}"
    stack_file.write_text(f"config:\n  rez-infra:exemptions:\n    - {entry}\n")
    command()
    with pytest.raises(typer.Exit) as caught:
        command(ending_within=14)
    assert caught.value.exit_code == 4
    assert "has ended" in capsys.readouterr().out


def test_an_exemption_that_cannot_be_read_is_a_violation(stack_file: Path) -> None:
    stack_file.write_text("config:\n  rez-infra:exemptions:\n    - {rule: nope}\n")
    with pytest.raises(PolicyViolation, match="nope"):
        command()


@pytest.mark.parametrize("text", [None, "config: ["])
def test_a_stack_file_that_cannot_be_read_is_refused(stack_file: Path, text: str | None) -> None:
    if text:
        stack_file.write_text(text)
    with pytest.raises(PreconditionError, match=r"Pulumi\.production\.yaml"):
        command()
