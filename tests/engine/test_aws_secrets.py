"""The real program with its secrets in AWS Secrets Manager, as moto's server plays it: previews of production."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from infra.local.paths import ROOT
from infra.local.plugins import install
from infra.settings.inventory import INVENTORY
from tests.engine.aws_life import REGION, Moto
from tests.local.plugins.conftest import tools  # noqa: F401 - a fixture

# ruff: noqa: F811 - a fixture is asked for by its name

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine

_DRIVER = """
import pathlib, sys
from infra import cli
from infra.engine import Engine
Engine.__init__.__defaults__ = (pathlib.Path(sys.argv.pop(1)),)
sys.argv[0] = "rez"
cli.main()
"""
PREFIX = "rez/production/"
SECRETS = {secret.name: f"c4n4ry-{secret.name}-do-not-print" for secret in INVENTORY}


@dataclass(frozen=True)
class Checkout:
    """A checkout whose production keeps its secrets elsewhere."""

    root: Path
    env: dict[str, str]

    def rez(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _DRIVER, str(self.root), "pulumi", *args, "--stack", "production"],
            cwd=self.root,
            env=self.env | env,
            text=True,
            capture_output=True,
            timeout=180,
            check=False,
        )


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Moto]:
    server = Moto(tmp_path / "moto.log")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def checkout(aws: Moto, tools: dict[str, Path], tmp_path: Path) -> Checkout:
    for name, value in SECRETS.items():
        aws.client("secretsmanager").create_secret(Name=PREFIX + name, SecretString=value)
    root, home, state = (tmp_path / name for name in ("root", "home", "state"))
    for made in (root, home, state):
        made.mkdir()
    for name in ("infra", "policies", "Pulumi.yaml"):
        (root / name).symlink_to(ROOT / name)
    (root / ".venv").symlink_to(sys.prefix)
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text(encoding="utf-8"))
    document["config"]["rez-infra:secret_sources"] = {"aws": {"region": REGION, "prefix": PREFIX}}
    (root / "Pulumi.production.yaml").write_text(yaml.safe_dump(document))
    install(tools["pulumi"], home, Path(sys.executable))
    env = {
        "PATH": f"{tools['pulumi'].parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "REZ_CACHE": str(tmp_path / "cache"),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "of the test",
        "KUBECONFIG": str(tmp_path / "none"),
        "REZ_RELEASE": f"v1=docker.io/rezapp/merchant-backend@sha256:{'1' * 64}",
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    found = Checkout(root, env)
    made = found.rez("stack", "init")
    assert made.returncode == 0, made.stderr
    return found


def test_a_preview_has_the_secrets_and_shows_none(checkout: Checkout) -> None:
    done = checkout.rez("preview", "--diff", "--non-interactive", "--logtostderr", "-v=5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "db-secrets-" in done.stdout
    assert "service-secrets-" in done.stdout
    assert not [value for value in SECRETS.values() if value in done.stdout + done.stderr]


def test_a_secret_that_is_missing_is_one_line_and_exit_2(checkout: Checkout, aws: Moto) -> None:
    aws.client("secretsmanager").delete_secret(SecretId=f"{PREFIX}SENTRY_DSN", ForceDeleteWithoutRecovery=True)
    done = checkout.rez("preview", "--non-interactive")
    assert done.returncode == 2, done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "secrets.SENTRY_DSN: secret rez/production/SENTRY_DSN is not there in eu-central-1" in errors[0]


def test_secrets_manager_out_of_reach_is_exit_75(checkout: Checkout) -> None:
    done = checkout.rez("preview", "--non-interactive", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    assert done.returncode == 75, done.stdout + done.stderr
    assert "AWS unavailable: secret_sources.aws: secrets rez/production/* in eu-central-1" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_nobody_signed_in_is_exit_2(checkout: Checkout) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}
    done = checkout.rez("preview", "--non-interactive", **nobody)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "AWS knows nobody here" in done.stderr
