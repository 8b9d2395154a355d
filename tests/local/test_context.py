from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.errors import PreconditionError
from infra.local import context, paths

SECRET = "other-cluster-token"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("REZ_RUN", str(tmp_path / "run"))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return tmp_path


def config(*names: str, **user: Any) -> dict[str, Any]:
    """A kubeconfig with one cluster, user and context of each name."""
    return {
        "current-context": names[0],
        "preferences": {"colors": True},
        "contexts": [{"name": n, "context": {"cluster": f"c-{n}", "user": f"u-{n}", "namespace": n}} for n in names],
        "clusters": [{"name": f"c-{n}", "cluster": {"server": f"https://{n}:6443"}} for n in names],
        "users": [{"name": f"u-{n}", "user": user or {"token": SECRET if i else "mine"}} for i, n in enumerate(names)],
    }


def write(path: Path, content: dict[str, Any] | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return path


def used(name: str) -> dict[str, Any]:
    context.use(name)
    return dict(yaml.safe_load(paths.kubeconfig().read_text()))


def refusal(name: str = "kind") -> str:
    with pytest.raises(PreconditionError) as caught:
        context.use(name)
    assert not paths.kubeconfig().exists()
    return str(caught.value)


def test_the_one_context_is_copied_and_nothing_else(home: Path) -> None:
    write(home / ".kube/config", config("kind", "other"))
    document = used("kind")
    assert document["current-context"] == "kind"
    assert document["contexts"] == [
        {"name": "kind", "context": {"cluster": "c-kind", "user": "u-kind", "namespace": "kind"}}
    ]
    assert [c["name"] for c in document["clusters"]] == ["c-kind"]
    assert [u["name"] for u in document["users"]] == ["u-kind"]
    assert "preferences" not in document
    assert SECRET not in paths.kubeconfig().read_text()


def test_only_its_owner_may_read_the_copy(home: Path) -> None:
    write(home / ".kube/config", config("kind"))
    context.use("kind")
    assert paths.kubeconfig().stat().st_mode & 0o777 == 0o600
    assert paths.run().stat().st_mode & 0o777 == 0o700


def test_relative_file_names_stay_those_of_the_persons_folder(home: Path) -> None:
    user = {"client-certificate": "me.crt", "client-key": "/abs/me.key", "exec": {"command": "./bin/login"}}
    given = config("kind", **user)
    given["clusters"][0]["cluster"]["certificate-authority"] = "../ca.crt"
    write(home / ".kube/config", given)
    document = used("kind")
    found = document["users"][0]["user"]
    assert found["client-certificate"] == str(home / ".kube/me.crt")
    assert found["client-key"] == "/abs/me.key"
    assert Path(found["exec"]["command"]) == home / ".kube/bin/login"
    assert Path(document["clusters"][0]["cluster"]["certificate-authority"]).resolve() == home / "ca.crt"


def test_a_login_program_on_path_and_inline_data_stay_as_they_are(home: Path) -> None:
    user = {"client-certificate-data": "QUJD", "exec": {"command": "aws", "args": ["eks"]}, "client-key": ""}
    write(home / ".kube/config", config("kind", **user))
    assert used("kind")["users"][0]["user"] == user


def test_several_kubeconfigs_are_read_like_kubectl_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(home / "a/config", config("kind"))
    second = write(home / "b/config", config("kind", "other"))
    monkeypatch.setenv("KUBECONFIG", f"{first}:{home}/absent::{second}")
    assert used("kind")["users"][0]["user"] == {"token": "mine"}
    paths.kubeconfig().unlink()
    assert used("other")["clusters"][0]["cluster"]["server"] == "https://other:6443"


def test_an_unknown_context_is_one_line_with_the_known_ones(home: Path) -> None:
    write(home / ".kube/config", config("kind", "dev"))
    assert refusal("prod") == f"--context prod: not in {home}/.kube/config (known: dev, kind)"


def test_without_any_kubeconfig_no_context_is_known(home: Path) -> None:
    assert refusal().endswith("(known: none)")


@pytest.mark.parametrize("content", ["a: [", "\x00", "- 1\n- 2\n", "", "contexts:\n"])
def test_junk_is_refused_in_one_line(home: Path, content: str) -> None:
    write(home / ".kube/config", content)
    assert len(refusal().splitlines()) == 1


@pytest.mark.parametrize(("part", "kind"), [("clusters", "cluster"), ("users", "user")])
def test_a_context_that_leads_nowhere_is_refused(home: Path, part: str, kind: str) -> None:
    given = config("kind")
    del given[part]
    write(home / ".kube/config", given)
    assert refusal() == f"--context kind: its {kind} {kind[0]}-kind is not in {home}/.kube/config"


def test_a_folder_that_holds_a_local_cluster_is_not_overwritten(home: Path) -> None:
    write(home / ".kube/config", config("kind"))
    write(home / "run/machine.json", "{}")
    assert "holds a local cluster: `rez local down` first" in refusal()


def test_the_context_is_known_until_another_would_take_its_place(home: Path) -> None:
    write(home / ".kube/config", config("kind", "other"))
    assert context.current() is None
    context.use("kind")
    context.use("kind")
    assert context.current() == "kind"
    with pytest.raises(PreconditionError, match="stack local is on context kind: `rez local down` first"):
        context.use("other")
    assert context.current() == "kind"


def test_a_cluster_of_our_own_is_no_context(home: Path) -> None:
    write(home / "run/machine.json", "{}")
    write(home / "run/kubeconfig", config("rez-local"))
    assert context.current() is None
