"""The engine's whole life on AWS as moto's server plays it: real engine, real API server, `rez` as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from infra.engine.state_files import locks_of
from infra.operations.bootstrap.wanted import default_bucket
from tests.engine.aws_life import CANARY, REGION, STACK, Life, Moto, engine_of, kill, live
from tests.local.plugins.conftest import cluster, control_plane, namespace, tools  # noqa: F401 - fixtures

# ruff: noqa: F811 - a fixture is asked for by its name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.cluster import Cluster
    from tests.local.plugins.conftest import ControlPlane

pytestmark = pytest.mark.engine

SLOW = "LoadBalancer"
ALL = ["first", "second", "slow", "token"]


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
    tools: dict[str, Path],
    control_plane: ControlPlane,
) -> Iterator[Life]:
    """bootstrap, login, stack init, a secret: what a person does once."""
    folder = tmp_path_factory.mktemp("aws")
    aws = Moto(folder / "moto.log")
    try:
        life = Life.begin(aws, folder, tools["pulumi"], control_plane.kubeconfig)
        done = json.loads(life.rez("bootstrap", "aws", "--repository", "rezapp@1/rez-infra@2", "--json").stdout)
        assert life.bucket == default_bucket("production", "123456789012", REGION)
        # moto takes a statement's condition on TLS for none, and denies everything.
        aws.client("s3").delete_bucket_policy(Bucket=life.bucket)
        life.rez("pulumi", "login", done["results"]["PULUMI_BACKEND_URL"], PULUMI_STACK=STACK)
        provider = ("--secrets-provider", done["results"]["SECRETS_PROVIDER"])
        life.rez("pulumi", "stack", "init", "--stack", STACK, *provider)
        secret = ("config", "set", "--stack", STACK, "--secret", "--path", "secrets.JWT_SECRET")
        life.rez("pulumi", *secret, text=CANARY)
        yield life
    finally:
        aws.stop()


@pytest.fixture
def life(made: Life) -> Iterator[Life]:
    """The stack, empty before and after."""
    yield made
    made.aws.check_permissions(on=False)
    made.pulumi("destroy")


@pytest.mark.parametrize("whole", [False, True], ids=["the engine is killed", "rez and the engine are killed"])
def test_what_a_kill_left_is_recovered_and_nothing_is_forgotten_or_doubled(
    life: Life,
    cluster: Cluster,
    namespace: str,
    tmp_path: Path,
    whole: bool,  # noqa: FBT001
) -> None:
    life.declare(namespace, "first", "second", service=SLOW)
    kill(life.start(tmp_path / "output"), whole=whole)
    assert len(life.locks()) == 1
    assert life.in_the_middle()
    assert "slow" not in life.names()
    assert live(cluster, namespace) == ALL
    life.declare(namespace, "first", "third", service=None)
    finished = life.pulumi("up")
    assert "adopting what it began to create" in finished.stderr
    assert life.names() == live(cluster, namespace) == ["first", "third", "token"]
    assert life.locks() == []
    life.pulumi("preview", "--expect-no-changes")
    life.pulumi("destroy")
    assert live(cluster, namespace) == []
    assert life.names() == []
    assert life.locks() == []


def test_of_two_at_once_the_second_is_told_who_holds_the_lock(
    life: Life,
    namespace: str,
    tmp_path: Path,
) -> None:
    life.declare(namespace, "first", service=SLOW)
    first = life.start(tmp_path / "output")
    holder = engine_of(first)
    for command in (
        ("pulumi", "up", "--stack", STACK, "--yes", "--skip-preview"),
        ("state", "restore", "--version", "x"),
    ):
        second = life.rez(*command, *(("--stack", STACK) if command[0] == "state" else ()), check=False)
        assert second.returncode == 14, second.stdout + second.stderr
        (line,) = [line for line in second.stderr.splitlines() if "is being changed" in line]
        assert f"@{socket.gethostname()} (pid {holder}) since {datetime.now(UTC):%Y-%m-%d}T" in line
    assert len(life.locks()) == 1
    os.kill(first.pid, signal.SIGTERM)
    first.wait(timeout=60)
    assert life.locks() == []


def test_another_machines_lock_is_left_until_a_person_frees_it(
    life: Life,
    cluster: Cluster,
    namespace: str,
    tmp_path: Path,
) -> None:
    """A runner that is gone for good: no other machine can know whether its engine lives."""
    life.declare(namespace, "first", "second", service=SLOW)
    kill(life.start(tmp_path / "output"), whole=True)
    elsewhere = {"REZ_CACHE": str(tmp_path / "another machine's")}
    life.declare(namespace, "first", "second")
    refused = life.pulumi("up", check=False, **elsewhere)
    assert refused.returncode == 14, refused.stdout + refused.stderr
    assert "rez pulumi cancel --stack" in refused.stderr
    freed = life.rez("pulumi", "cancel", "--stack", STACK, "--yes", **elsewhere)
    assert "adopting what it began to create" in freed.stderr
    assert life.names() == ALL
    life.pulumi("up", **elsewhere)
    assert live(cluster, namespace) == ALL
    life.pulumi("preview", "--expect-no-changes", **elsewhere)


def test_a_damaged_state_is_refused_and_one_command_brings_the_one_before_it_back(
    life: Life,
    cluster: Cluster,
    namespace: str,
) -> None:
    life.declare(namespace, "first", "second")
    life.pulumi("up")
    whole = life.state()
    for damaged, commands in ((whole[: len(whole) // 2], ("up", "preview", "destroy")), (b"{}", ("up",))):
        life.spoil(damaged)
        for command in commands:
            refused = life.pulumi(command, check=False)
            assert refused.returncode == 2, refused.stdout + refused.stderr
            (line,) = refused.stderr.splitlines()
            assert line.startswith(f"error: the state of stack {STACK} is damaged: it is ")
            assert line.endswith(f"bring the last whole one back with `rez state restore --stack {STACK}`")
        assert live(cluster, namespace) == ALL
        listed = json.loads(life.rez("state", "versions", "--stack", STACK, "--json").stdout)["versions"]
        assert listed[0]["damage"]
        assert listed[1]["resources"] >= len(ALL)
        life.rez("state", "restore", "--stack", STACK, "--dry-run")
        assert life.state() == damaged
        life.rez("state", "restore", "--stack", STACK)
        assert life.state() == whole
        assert life.locks() == []
    life.pulumi("preview", "--expect-no-changes")


def test_the_roles_can_do_what_their_jobs_need_and_no_more(life: Life, namespace: str) -> None:
    iam, sts = life.aws.client("iam"), life.aws.client("sts")
    sessions = {}
    for job in ("deploy", "read"):
        name = f"rez-infra-production-{job}"
        document = iam.get_role_policy(RoleName=name, PolicyName="rez-infra")["PolicyDocument"]
        for statement in document["Statement"]:
            if statement["Sid"] == "Key":
                statement["Resource"] = "*"  # moto knows a key's actions, but not its name
        iam.put_role_policy(RoleName=name, PolicyName="rez-infra", PolicyDocument=json.dumps(document))
        arn = f"arn:aws:iam::123456789012:role/{name}"
        keys = sts.assume_role(RoleArn=arn, RoleSessionName="a-job")["Credentials"]
        sessions[job] = {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }
    life.declare(namespace, "first")
    life.aws.check_permissions(on=True)
    life.pulumi("up", **sessions["deploy"])
    life.pulumi("preview", "--expect-no-changes", **sessions["read"])
    life.declare(namespace, "first", "second")
    refused = life.pulumi("up", check=False, **sessions["read"])
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "AWS denies it" in refused.stderr
    old = life.rez("state", "versions", "--stack", STACK, check=False, **sessions["deploy"])
    assert old.returncode == 2
    assert "AWS denies ListObjectVersions" in old.stderr
    life.pulumi("destroy", **sessions["deploy"])


def test_the_secret_is_in_the_bucket_only_encrypted(life: Life, cluster: Cluster, namespace: str) -> None:
    life.declare(namespace, "first")
    up = life.pulumi("up")
    token = cluster.get("v1", "Secret", "token", namespace)
    assert token is not None
    s3 = life.aws.client("s3")
    versions = s3.list_object_versions(Bucket=life.bucket)["Versions"]
    assert len(versions) > 10
    seen = [up.stdout, up.stderr, (life.root / f"Pulumi.{STACK}.yaml").read_text()]
    for version in versions:
        body = s3.get_object(Bucket=life.bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"]
        seen.append(body.read().decode())
    encoded = token["data"]["token"]
    assert not [text for text in seen if CANARY in text or encoded in text]
    assert f"{locks_of(STACK)}/" in " ".join(version["Key"] for version in versions)
