from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from infra.errors import PreconditionError
from infra.github.kubeconfig import VARIABLE, problem, write

if TYPE_CHECKING:
    from pathlib import Path

EXEC = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "args": ["eks", "get-token"]}}


def text(user: dict[str, Any], **changed: Any) -> str:
    document = {
        "clusters": [{"name": "c", "cluster": {"server": "https://c.example"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": user}],
        "current-context": "x",
    }
    return yaml.safe_dump(document | changed)


def test_a_command_that_gets_a_token_may_stand_in_a_variable() -> None:
    assert problem(text(EXEC)) == ""


@pytest.mark.parametrize("key", ["client-key-data", "token", "password", "tokenFile"])
def test_a_credential_may_not_and_is_not_shown(key: str) -> None:
    why = problem(text({key: "hunter2"}))
    assert key in why
    assert "hunter2" not in why


@pytest.mark.parametrize(
    "given",
    [{"env": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "hunter2"}]}, {"args": ["--token=ghp_hunter2", "get-token"]}],
)
def test_a_credential_is_not_given_to_the_command_either(given: dict[str, Any]) -> None:
    why = problem(text({"exec": EXEC["exec"] | given}))
    assert "exec" in why
    assert "hunter2" not in why


def test_a_cluster_whose_certificate_is_not_checked_is_refused() -> None:
    trusting = [{"name": "c", "cluster": {"server": "https://c.example", "insecure-skip-tls-verify": True}}]
    assert "insecure-skip-tls-verify" in problem(text(EXEC, clusters=trusting))


@pytest.mark.parametrize(
    "wrong", ["", "x", "[]", "a: [", text(EXEC, users=[]), text(EXEC, clusters=None), "users: [1]"]
)
def test_what_is_no_kubeconfig_is_refused(wrong: str) -> None:
    assert problem(wrong).startswith("is no kubeconfig")


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".kube" / "config"
    write({VARIABLE: text(EXEC)}, file)
    assert file.read_text() == text(EXEC)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_kubeconfig_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("mine")
    with pytest.raises(PreconditionError, match="is there already"):
        write({VARIABLE: text(EXEC)}, tmp_path / "config")
    assert (tmp_path / "config").read_text() == "mine"


def test_without_the_variable_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PreconditionError, match=VARIABLE):
        write({}, tmp_path / "config")
    assert list(tmp_path.iterdir()) == []
