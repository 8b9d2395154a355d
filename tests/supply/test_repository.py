from __future__ import annotations

import pytest

from infra.manifests.names import REPOSITORY
from infra.supply.repository import Repository


@pytest.mark.parametrize(
    ("text", "url", "login"),
    [
        (REPOSITORY, "https://registry-1.docker.io/v2/rezapp/merchant-backend", "index.docker.io"),
        ("ghcr.io/rezapp/api", "https://ghcr.io/v2/rezapp/api", "ghcr.io"),
        ("registry.example:5000/a/b/c", "https://registry.example:5000/v2/a/b/c", "registry.example:5000"),
        ("127.0.0.1:5000/app", "http://127.0.0.1:5000/v2/app", "127.0.0.1:5000"),
        ("localhost/app", "http://localhost/v2/app", "localhost"),
        ("localhost.example/app", "https://localhost.example/v2/app", "localhost.example"),
        ("127.0.0.1.example/app", "https://127.0.0.1.example/v2/app", "127.0.0.1.example"),
    ],
)
def test_a_repository_is_asked_where_its_registry_is(text: str, url: str, login: str) -> None:
    found = Repository.parse(text)
    assert (found.text, found.url, found.login) == (text, url, login)
