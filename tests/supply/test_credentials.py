from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PreconditionError
from infra.supply import credentials

if TYPE_CHECKING:
    from pathlib import Path

AUTH = base64.b64encode(b"robot:pa:ss").decode()


@pytest.mark.parametrize(
    ("auths", "login"),
    [
        ({"ghcr.io": {"auth": AUTH}}, ("robot", "pa:ss")),
        ({"https://ghcr.io/v2/": {"auth": AUTH}}, ("robot", "pa:ss")),
        ({"http://ghcr.io": {"username": "robot", "password": "x"}}, ("robot", "x")),
        ({"ghcr.io": {}, "https://ghcr.io": {"auth": AUTH}}, ("robot", "pa:ss")),
        ({"ghcr.io.example": {"auth": AUTH}}, None),
        ({"ghcr.io:5000": {"auth": AUTH}}, None),
        ({"ghcr.io": {}}, None),
        ({"ghcr.io": 7}, None),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_the_login_is_the_one_of_exactly_this_registry(auths: Any, login: tuple[str, str] | None) -> None:
    assert credentials.login_for({"auths": auths}, "ghcr.io") == login


@pytest.mark.parametrize("auth", ["robot", "cm9ib3Q=", "c2VjcmV0OtipOg", 7, "%%%"])
def test_a_spoilt_login_is_refused_without_showing_it(auth: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", "/home/docker")
    with pytest.raises(PreconditionError) as caught:
        credentials.login_for({"auths": {"ghcr.io": {"auth": auth}}}, "ghcr.io")
    assert "auths.ghcr.io.auth" in str(caught.value)
    assert str(auth) not in str(caught.value)


@pytest.mark.parametrize(
    ("config", "helper"),
    [
        ({"credHelpers": {"ghcr.io": "gh"}, "credsStore": "desktop"}, "gh"),
        ({"credHelpers": {"other": "gh"}, "credsStore": "desktop"}, "desktop"),
        ({"credHelpers": []}, ""),
        ({}, ""),
    ],
)
def test_the_credential_helper_is_known_by_name(config: dict[str, Any], helper: str) -> None:
    assert credentials.helper_for(config, "ghcr.io") == helper


def test_dockers_configuration_is_where_docker_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text('{"credsStore": "x"}')
    assert credentials.read() == {"credsStore": "x"}
    monkeypatch.delenv("DOCKER_CONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert credentials.read() == {}
    assert credentials.location() == tmp_path / ".docker" / "config.json"


@pytest.mark.parametrize("content", [b'{"auths": {"x": {"auth": "c2VjcmV0"', b"\xff\xfe"])
def test_an_unreadable_configuration_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(PreconditionError) as caught:
        credentials.read()
    assert str(tmp_path / "config.json") in str(caught.value)
    assert "c2VjcmV0" not in str(caught.value)


def test_a_configuration_that_is_no_object_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text("[]")
    assert credentials.read() == {}
