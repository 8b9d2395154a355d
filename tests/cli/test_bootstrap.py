from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from infra.cli import app as tree
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = ("bootstrap", "aws", "--region", "eu-central-1", "--repository", "rezapp@1/rez-infra@2")


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


def rez(*args: str) -> Any:
    return CliRunner().invoke(tree.app, args)


def buckets() -> list[str]:
    return [item["Name"] for item in boto3.client("s3", region_name="eu-central-1").list_buckets()["Buckets"]]


def test_a_dry_run_shows_the_plan_and_touches_nothing() -> None:
    done = rez(*ASKED, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "bucket rez-infra-production-123456789012-eu-central-1: create in eu-central-1" in done.stdout
    assert buckets() == []


def test_it_shows_the_plan_carries_it_out_and_says_what_to_put_where() -> None:
    done = rez(*ASKED)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("account 123456789012, region eu-central-1, stack production, repository rezapp@1")
    assert "14/14 role rez-infra-production-read" in done.stderr
    for line in (
        "PULUMI_BACKEND_URL=s3://rez-infra-production-123456789012-eu-central-1?region=eu-central-1",
        "SECRETS_PROVIDER=awskms://alias/rez-infra-production?region=eu-central-1",
        "AWS_DEPLOY_ROLE=arn:aws:iam::123456789012:role/rez-infra-production-deploy",
    ):
        assert line in done.stdout.splitlines()
    assert buckets() == ["rez-infra-production-123456789012-eu-central-1"]


def test_a_second_run_says_that_there_is_nothing_to_do() -> None:
    rez(*ASKED)
    again = rez(*ASKED)
    assert again.exit_code == 0
    assert again.stdout.splitlines()[1] == "  nothing to change"
    assert again.stderr == ""


def test_json_is_one_object_on_stdout() -> None:
    planned = json.loads(rez(*ASKED, "--json", "--dry-run").stdout)
    made = json.loads(rez(*ASKED, "--json").stdout)
    again = json.loads(rez(*ASKED, "--json").stdout)
    assert planned["dry_run"] is True
    assert planned["changes"] == made["changes"]
    assert len(made["changes"]) == 14
    assert again["changes"] == []
    assert made["results"] == again["results"]


def test_the_region_may_come_from_the_environment_but_never_from_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    without = ("bootstrap", "aws", "--repository", "a/b", "--dry-run")
    assert rez(*without).exit_code == 2
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert "create in eu-west-1" in rez(*without).stdout


def test_a_bucket_of_ones_own_name() -> None:
    rez(*ASKED, "--bucket", "our-state")
    assert buckets() == ["our-state"]


@pytest.mark.parametrize("wrong", [("--repository", "x"), ("--region", "x"), ("--bucket", "X"), ("--stack", "local")])
def test_names_that_cannot_work_are_refused_before_aws_is_asked(
    monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    done = rez(*ASKED, *wrong)
    assert isinstance(done.exception, PreconditionError)
    assert wrong[0] in str(done.exception)
