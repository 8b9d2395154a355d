from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.engine.backend import address

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = "s3://of-the-login?region=eu-central-1&x=1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "credentials.json").write_text(json.dumps({"current": LOGIN}))
    return folder


def test_the_environment_comes_before_the_project_and_that_before_the_login(tmp_path: Path, home: Path) -> None:
    env = {"PULUMI_HOME": str(home)}
    assert address(env, tmp_path) == LOGIN
    (tmp_path / "Pulumi.yaml").write_text("name: x\nbackend: {url: 's3://of-the-project'}\n")
    assert address(env, tmp_path) == "s3://of-the-project"
    assert address(env | {"PULUMI_BACKEND_URL": "s3://given"}, tmp_path) == "s3://given"
    assert address(env | {"PULUMI_BACKEND_URL": ""}, tmp_path) == "s3://of-the-project"


def test_a_login_is_found_where_the_engine_keeps_it(tmp_path: Path, home: Path) -> None:
    assert address({"PULUMI_CREDENTIALS_PATH": str(home), "PULUMI_HOME": "/elsewhere"}, tmp_path) == LOGIN
    (tmp_path / ".pulumi").mkdir()
    (home / "credentials.json").rename(tmp_path / ".pulumi/credentials.json")
    assert address({"HOME": str(tmp_path)}, tmp_path) == LOGIN


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"current": null}', '{"current": ""}'])
def test_no_login_is_no_address(tmp_path: Path, home: Path, content: str) -> None:
    (home / "credentials.json").write_text(content)
    assert address({"PULUMI_HOME": str(home)}, tmp_path) == ""


@pytest.mark.parametrize("content", ["", "{", "name: x", "backend: {}", "backend: {url: null}", "backend: x", "[]"])
def test_a_project_that_names_none_is_left_to_the_login(tmp_path: Path, home: Path, content: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(content)
    assert address({"PULUMI_HOME": str(home)}, tmp_path) == LOGIN
