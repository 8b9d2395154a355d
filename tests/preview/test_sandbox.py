"""What a run of somebody's program sees, and whose code it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import infra
from infra.errors import PreconditionError
from infra.preview import sandbox, virtualenvs
from infra.preview.sandbox import Sandbox, environment
from infra.preview.trees import Tree

if TYPE_CHECKING:
    from tests.engine.conftest import Fake

from tests.engine.conftest import pulumi  # noqa: F401 - a fixture

SECRETS = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
    "GITHUB_TOKEN": "x",
    "KUBECONFIG": "/production",
    "KUBERNETES_SERVICE_HOST": "10.0.0.1",
    "MONGODB_ATLAS_PRIVATE_KEY": "x",
    "PULUMI_ACCESS_TOKEN": "x",
    "PULUMI_BACKEND_URL": "s3://production",
    "PULUMI_CONFIG_PASSPHRASE": "production",
    "PULUMI_OPTION_POLICY_PACK": "/x",
    "PYTHONPATH": "/x",
    "REZ_RELEASE": "x",
    "SSH_AUTH_SOCK": "x",
    "HTTPS_PROXY": "http://u:p@proxy",
}
ORDINARY = {"PATH": "/bin", "LANG": "C.UTF-8", "HOME": "/home/somebody"}


def made(caller: dict[str, str]) -> dict[str, str]:
    return environment(caller, Path("/tmp/x"), pulumi=Path("/opt/pulumi"), passphrase="made up")


def test_nothing_of_the_caller_goes_through_but_what_is_named() -> None:
    assert made(ORDINARY | SECRETS) == made(ORDINARY)
    assert not {*SECRETS} & {*sandbox.PASSED_ON, *virtualenvs.INSTALLER}
    assert made(ORDINARY)["LANG"] == "C.UTF-8"


def test_state_home_and_cluster_are_the_sandboxs_own() -> None:
    env = made(ORDINARY)
    own = ("HOME", "PULUMI_HOME", "PULUMI_BACKEND_URL", "KUBECONFIG")
    assert all("/tmp/x/" in env[name] for name in own)
    assert env["PATH"].startswith("/opt:")
    assert env["PULUMI_CONFIG_PASSPHRASE"] == "made up"


def test_an_installation_sees_no_address_with_a_password() -> None:
    caller = {"UV_INDEX_URL": "https://u:p@index", "UV_DEFAULT_INDEX": "https://index", "UV_PUBLISH_TOKEN": "x"}
    found = virtualenvs.installer(caller)
    assert found.pop("UV_DEFAULT_INDEX") == "https://index"
    assert sorted(found) == ["UV_CACHE_DIR", "UV_PYTHON"]


@pytest.fixture
def box(tmp_path: Path, pulumi: Fake) -> Sandbox:  # noqa: F811
    (tmp_path / "box").mkdir()
    return Sandbox(tmp_path / "box", "production", tmp_path)


def tree(folder: Path, **files: str) -> Tree:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Tree(folder, "a tree", "abc")


def test_a_tree_runs_its_own_code_with_our_packages(box: Sandbox, tmp_path: Path) -> None:
    own = tree(tmp_path / "tree", **{"infra/__init__.py": "WHOSE = 'the tree'"})
    box.prepare(own)
    done = box.python(own, "-c", "import infra, pulumi; print(infra.WHOSE, infra.__file__)")
    assert done.output.split() == ["the", "tree", str(own.folder / "infra" / "__init__.py")]
    assert "/tree/" not in str(infra.__file__)


def test_an_environment_that_was_borrowed_can_be_borrowed_again(box: Sandbox, tmp_path: Path) -> None:
    first, second = (tree(tmp_path / name, **{"infra/__init__.py": f"WHOSE = '{name}'"}) for name in "ab")
    box.prepare(first)
    source = str(Path(virtualenvs.__file__).parents[2])
    code = f"import sys; sys.path.insert(0, {source!r}); from pathlib import Path\n"
    code += f"import infra.preview.virtualenvs as v; v.borrow(Path({str(second.folder)!r}), v.running())"
    done = box.run([str(virtualenvs.interpreter(first.folder)), "-P", "-c", code], first)
    assert (done.code, done.errors) == (0, "")
    assert box.python(second, "-c", "import infra, pulumi; print(infra.WHOSE)").output.strip() == "b"


def test_other_locked_packages_are_installed_not_borrowed(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtualenvs, "sync", lambda: [sys.executable, "-c", "raise SystemExit('no such package')"])
    with pytest.raises(PreconditionError, match=r"a tree locks other packages.*no such package"):
        box.prepare(tree(tmp_path / "tree", **{"uv.lock": "other"}))


def test_a_program_that_does_not_end_is_ended(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_TIMEOUT_S", 0.2)
    with pytest.raises(PreconditionError, match="was ended"):
        box.run([sys.executable, "-c", "import time; time.sleep(60)"], tree(tmp_path / "tree", a=""))
