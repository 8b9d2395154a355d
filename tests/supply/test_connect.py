from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sigstore import verify
from sigstore.errors import TUFError

from infra.errors import PolicyViolation, PreconditionError
from infra.manifests.release import Release
from infra.settings.provenance import Provenance
from infra.supply import connect, verifier
from tests.supply.oci_registry import LOGIN, Registry
from tests.supply.sigstore_instance import REPOSITORY, WORKFLOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def logged_in(served: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A private repository, and the login for it where Docker keeps it."""
    served.asks, served.public = "bearer", False
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    login = dict(zip(("username", "password"), LOGIN, strict=True))
    (tmp_path / "config.json").write_text(json.dumps({"auths": {served.host: login}}))
    return served


def test_the_images_of_a_repository_are_read_with_dockers_login(logged_in: Registry) -> None:
    digest = logged_in.push({}, tag="v1.2.3")
    said: list[str] = []
    images = connect.images(logged_in.repository, Provenance(), say=said.append)
    assert images.digest("v1.2.3") == digest
    images.verify(Release("v1.2.3", f"{logged_in.repository}@{digest}"))
    assert said[0].startswith("provenance: not set")


def test_a_builder_in_the_settings_is_asked_for(logged_in: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(connect, "public_keys", lambda say: asked.append(say) or object())
    digest = logged_in.push({}, tag="v1.2.3")
    images = connect.images(logged_in.repository, Provenance(repository=REPOSITORY, workflow=WORKFLOW), say=print)
    release = Release("v1.2.3", f"{logged_in.repository}@{digest}")
    with pytest.raises(PolicyViolation, match=f"github.com/{REPOSITORY}/{WORKFLOW}@refs/tags/v1.2.3"):
        images.verify(release)
    assert asked == []
    logged_in.attach(digest, b"{}")
    logged_in.attach(digest, b"[]")
    with pytest.raises(PolicyViolation):
        images.verify(release)
    assert len(asked) == 1


class TestKeys:
    def test_they_are_of_this_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify.Verifier, "production", lambda *, offline=False: offline)
        said: list[str] = []
        assert verifier.public_keys(said.append) is False  # type: ignore[comparison-overlap]
        assert said == []

    def test_without_a_network_they_are_those_of_the_library(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        real = verify.Verifier.production

        def production(*, offline: bool = False) -> verify.Verifier:
            if not offline:
                raise TUFError("Failed to refresh TUF metadata")
            return real(offline=True)

        monkeypatch.setattr(verify.Verifier, "production", production)
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            monkeypatch.setenv(name, str(tmp_path))
        said: list[str] = []
        assert isinstance(verifier.public_keys(said.append), verify.Verifier)
        assert len(said) == 1
        assert said[0].startswith("Sigstore's keys cannot be brought up to date")

    def test_without_a_place_to_keep_them_it_is_said(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def production(*, offline: bool = False) -> verify.Verifier:
            raise PermissionError(13, "Permission denied", str(tmp_path))

        monkeypatch.setattr(verify.Verifier, "production", production)
        with pytest.raises(PreconditionError, match="XDG_CACHE_HOME"):
            verifier.public_keys(print)
