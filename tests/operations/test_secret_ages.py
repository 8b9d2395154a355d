"""Ages of secrets: from Secrets Manager, from the cluster's Secrets, unknown; and never a value."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from infra.atlas.user import USERS
from infra.cli import secret as command
from infra.errors import SettingsError, UnavailableError
from infra.local import paths
from infra.manifests import names
from infra.manifests.redis import names as redis
from infra.operations import secret_ages, secret_rotation
from infra.settings import load
from infra.settings.inventory import INVENTORY
from infra.settings.secret_sources import AwsSecrets, SecretSources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.settings import Settings

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
JWT = next(one for one in INVENTORY if one.name == "JWT_SECRET")
SOURCE = AwsSecrets(region="eu-central-1", prefix="rez/production/")


class Live:
    """A cluster whose pods mount Secrets of these ages, and that hands out no Secret."""

    def __init__(self, **days: int) -> None:
        self.days = days

    def get(self, _: str, kind: str, *__: str) -> dict[str, Any] | None:
        if kind == "Deployment":
            sources = [{"secret": {"name": f"{base}-{'a' * 10}"}} for base in ("db-secrets", "service-secrets")]
            return workload({"name": "secrets", "projected": {"sources": sources}})
        assert kind == "StatefulSet"
        return workload({"name": "secret", "secret": {"secretName": f"{redis.SECRET}-{'b' * 10}"}})

    def metadata(self, _: str, kind: str, name: str, __: str) -> dict[str, Any] | None:
        assert kind == "Secret"
        days = self.days.get(names.hashed_base(name).replace("-", "_"))
        made = (NOW - timedelta(days=days or 0)).isoformat()
        return None if days is None else {"metadata": {"name": name, "creationTimestamp": made}}


def workload(volume: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"volumes": [{"name": "tmp", "emptyDir": {}}, volume]}}}}


def away() -> Live:
    raise UnavailableError("cluster unavailable: it sleeps")


@pytest.fixture
def local() -> Settings:
    return load("local", paths.ROOT)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("secretsmanager", region_name=SOURCE.region)


def ages(settings: Settings, cluster: Any, root: Path = paths.ROOT) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in secret_ages.read(settings, root, connect=lambda: cluster, now=NOW)[0]}


def test_a_secret_is_at_least_as_old_as_what_is_named_by_it(local: Settings) -> None:
    found = ages(local, Live(db_secrets=40, redis_secrets=3))
    assert (found["JWT_SECRET"]["age_days"], found["JWT_SECRET"]["exact"]) == (40, False)
    assert (found["JWT_SECRET"]["rotation"], found["JWT_SECRET"]["due"]) == ("overdue", "2026-11-19")
    assert secret_rotation.age_words(found["JWT_SECRET"]) == "at least 40 d"
    assert (found["REDIS_PEER_PASSWORD"]["age_days"], found["REDIS_PEER_PASSWORD"]["rotation"]) == (3, "due")
    assert found["SENDGRID_API_KEY"]["age_days"] is None
    assert found["SENDGRID_API_KEY"]["rotation"] == "unknown"


def test_of_the_api_s_two_users_only_the_active_one_s_password_shows_in_the_cluster(local: Settings) -> None:
    found = ages(local, Live(db_secrets=40))
    assert local.database.active_user == "a"
    assert found["MONGODB_PASSWORD_A"]["age_days"] == 40
    assert found["MONGODB_PASSWORD_B"]["age_days"] is None


def test_a_cluster_that_is_away_leaves_ages_unknown_and_says_so(local: Settings) -> None:
    rows, unread = secret_ages.read(local, paths.ROOT, connect=away, now=NOW)
    assert {row["age_days"] for row in rows} == {None}
    assert {row["source"] for row in rows} == {"stack file"}
    assert unread == ["cluster unavailable: it sleeps"]


def elsewhere(local: Settings, root: Path) -> Settings:
    (root / "Pulumi.local.yaml").write_text("config: {'rez-infra:secrets': {JWT_SECRET: {secure: 'v1:canary'}}}")
    return local.model_copy(update={"secret_sources": SecretSources(aws=SOURCE)})


def test_secrets_manager_says_when_a_secret_was_changed(local: Settings, tmp_path: Path, aws: Any) -> None:
    aws.create_secret(Name="rez/production/SENTRY_DSN", SecretString="canary")
    now = datetime.now(UTC) + timedelta(days=45)
    settings = elsewhere(local, tmp_path)
    rows, unread = secret_ages.read(settings, tmp_path, connect=lambda: Live(service_secrets=2), now=now)
    found = {row["name"]: row for row in rows}
    sentry = found["SENTRY_DSN"]
    assert (sentry["age_days"], sentry["exact"], sentry["rotation"]) in {(44, True, "overdue"), (45, True, "overdue")}
    assert sentry["source"] == "AWS Secrets Manager: rez/production/SENTRY_DSN"
    assert (found["JWT_SECRET"]["source"], found["TWILIO_AUTH_TOKEN"]["rotation"]) == ("stack file", "missing")
    assert unread == []
    assert "canary" not in json.dumps(rows)


def test_what_cannot_be_asked_of_aws_is_unknown_and_not_missing(
    local: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ENDPOINT_URL", "http://127.0.0.1:1"), ("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
    rows, unread = secret_ages.read(elsewhere(local, tmp_path), tmp_path, connect=Live, now=NOW)
    assert {row["rotation"] for row in rows} == {"unknown", "never"}
    assert unread[0].startswith("AWS unavailable: secret_sources.aws: secret rez/production/")


def test_the_last_day_is_not_overdue() -> None:
    young = secret_rotation.Age(NOW - timedelta(days=30) + timedelta(seconds=1), exact=True)
    told = [
        secret_rotation.row(JWT, "stack file", age, days=30, now=NOW)
        for age in (young, replace(young, since=NOW - timedelta(days=30)))
    ]
    assert [row["rotation"] for row in told] == ["due", "overdue"]
    assert [secret_rotation.rotation_words(row) for row in told] == ["due 2026-11-29", "OVERDUE since 2026-11-29"]


def test_the_name_of_an_account_is_not_rotated(local: Settings) -> None:
    found = ages(local, Live(service_secrets=400))["TWILIO_ACCOUNT_SID"]
    assert (found["rotation"], found["rotation_days"], found["due"]) == ("never", None, None)


def test_a_stack_file_without_config_is_one_line(local: Settings, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.local.yaml").write_text("config: []")
    with pytest.raises(SettingsError, match="has no `config:`"):
        ages(local, Live(), tmp_path)


def test_every_secret_names_who_uses_it_by_the_names_that_are_declared() -> None:
    uses = {one.name: one.used_by for one in INVENTORY}
    assert all(uses.values())
    assert {user.password: f"Atlas user {user.name}" for user in USERS}.items() <= {
        name: used[0] for name, used in uses.items()
    }.items()
    allowed = (f"Deployment/{names.APP}: ", f"StatefulSet/{redis.APP}: ", "Atlas user ")
    assert all(use.startswith(allowed) for used in uses.values() for use in used)


def test_lines_have_no_part_of_a_value(local: Settings) -> None:
    text = "\n".join(command.lines(list(ages(local, Live(db_secrets=40, service_secrets=5)).values())))
    assert "JWT_SECRET               stack file  at least 40 d  OVERDUE since 2026-11-19" in text
    stack_file = (paths.ROOT / "Pulumi.local.yaml").read_text()
    sealed = [line.split("secure: ")[1] for line in stack_file.splitlines() if "secure: " in line]
    assert sealed
    assert not [value for value in sealed if value in text]
