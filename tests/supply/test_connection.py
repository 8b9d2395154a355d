from __future__ import annotations

import base64
import socket
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PreconditionError, UnavailableError
from infra.supply import connection
from infra.supply.challenge import Challenge
from infra.supply.connection import Connection
from infra.supply.repository import Repository
from tests.supply.oci_registry import INDEX, LOGIN, NAME, TOKEN, Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Connection]

BASIC = base64.b64encode(":".join(LOGIN).encode()).decode()


def login(served: Registry) -> dict[str, Any]:
    return {served.host: {"auth": BASIC}}


def test_what_is_there_is_answered_and_what_is_not_is_404(served: Registry, connect: Connect) -> None:
    digest = served.push({"manifests": []}, tag="v1", media_type=INDEX)
    found = connect().ask("HEAD", "manifests/v1", INDEX)
    assert (found.status, found.headers["docker-content-digest"], found.body) == (200, digest, b"")
    assert connect().ask("GET", "manifests/v2", INDEX).status == 404


def test_a_public_repository_needs_a_token_and_no_login(served: Registry, connect: Connect) -> None:
    served.asks = "bearer"
    served.push({}, tag="v1", media_type=INDEX)
    conn = connect()
    assert [conn.ask("GET", "manifests/v1", INDEX).status for _ in range(2)] == [200, 200]
    assert [path.partition("?")[0] for _, path, _ in served.seen] == [
        f"/v2/{NAME}/manifests/v1",
        "/token",
        f"/v2/{NAME}/manifests/v1",
        f"/v2/{NAME}/manifests/v1",
    ]


@pytest.mark.parametrize("asks", ["basic", "bearer"])
def test_a_private_repository_gets_the_login_that_docker_keeps(served: Registry, connect: Connect, asks: str) -> None:
    served.asks, served.public = asks, False
    served.push({}, tag="v1", media_type=INDEX)
    assert connect(login(served)).ask("GET", "manifests/v1", INDEX).status == 200
    assert served.seen[-1][2] == (f"Basic {BASIC}" if asks == "basic" else f"Bearer {TOKEN}")


def test_a_token_that_has_run_out_is_asked_for_again(served: Registry, connect: Connect) -> None:
    served.asks = "bearer"
    served.push({}, tag="v1", media_type=INDEX)
    conn = connect()
    conn._authorization = "Bearer of-yesterday"
    assert conn.ask("GET", "manifests/v1", INDEX).status == 200


@pytest.mark.parametrize("asks", ["basic", "bearer"])
@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_says_with_which_login_and_what_to_do(
    served: Registry, connect: Connect, asks: str, *, known: bool
) -> None:
    served.asks, served.public = asks, False
    wrong = {served.host: {"username": "robot", "password": "of-yesterday"}}
    with pytest.raises(PreconditionError) as caught:
        connect(wrong if known else None).ask("GET", "manifests/v1", INDEX)
    message = str(caught.value)
    assert served.repository in message
    assert ("with the login of" if known else "without a login") in message
    assert "docker login" in message
    assert "of-yesterday" not in message


def test_a_credential_helper_is_named_and_not_called(served: Registry) -> None:
    served.asks = "basic"
    conn = Connection(Repository.parse(served.repository), {"credsStore": "desktop"})
    with pytest.raises(PreconditionError, match="credential helper 'desktop', which rez does not call"):
        conn.ask("GET", "manifests/v1", INDEX)


@pytest.mark.parametrize("realm", ["http://registry.example/token", "ftp://127.0.0.1/token", "/token", "none:"])
def test_a_login_is_never_shown_without_tls(served: Registry, connect: Connect, realm: str) -> None:
    served.asks, served.realm = "bearer", realm
    with pytest.raises(PreconditionError, match="gives tokens without TLS"):
        connect(login(served)).ask("GET", "manifests/v1", INDEX)
    assert not any(authorization for _, _, authorization in served.seen)


def test_a_registry_elsewhere_gets_no_token_from_this_machine(served: Registry) -> None:
    auths = {"registry.example": {"auth": BASIC}}
    conn = Connection(Repository.parse("registry.example/app"), {"auths": auths}, sleep=lambda _: None)
    with pytest.raises(PreconditionError, match="gives tokens without TLS"):
        conn._authorize(Challenge("bearer", f"http://{served.host}/token", {}))
    assert served.seen == []


def test_a_token_service_without_an_address_is_unavailable(served: Registry, connect: Connect) -> None:
    served.asks, served.realm = "bearer", "https://auth.example:port/token"
    with pytest.raises(UnavailableError, match="address of its token service"):
        connect(login(served)).ask("GET", "manifests/v1", INDEX)


def test_a_redirect_to_elsewhere_takes_no_login_along(served: Registry, connect: Connect) -> None:
    served.asks = "basic"
    with Registry() as storage:
        storage.blobs["sha256:1"] = b"content"
        served.blobs_elsewhere = f"http://{storage.host}"
        assert connect(login(served)).ask("GET", "blobs/sha256:1", "*/*").body == b"content"
        assert storage.seen == [("GET", f"/v2/{NAME}/blobs/sha256:1", "")]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_tried_again_after_the_time_it_asks_for(
    served: Registry, connect: Connect, status: int
) -> None:
    served.push({}, tag="v1", media_type=INDEX)
    served.faults = [(status, {"Retry-After": "7"}), (status, {})]
    waits: list[float] = []
    assert connect(waits=waits).ask("GET", "manifests/v1", INDEX).status == 200
    assert waits == [7, 1]


def test_a_lasting_failure_is_unavailable_after_four_tries(served: Registry, connect: Connect) -> None:
    served.faults = [(503, {})] * 9
    with pytest.raises(UnavailableError, match=r"HTTP 503 \(4 tries\); safe to repeat"):
        connect().ask("GET", "manifests/v1", INDEX)
    assert len(served.seen) == 4


def test_who_wants_to_be_left_alone_for_long_is(served: Registry, connect: Connect) -> None:
    served.faults = [(429, {"Retry-After": "3600"})]
    with pytest.raises(UnavailableError, match="left alone for 3600 s") as caught:
        connect().ask("GET", "manifests/v1", INDEX)
    assert (caught.value.exit_code, caught.value.retry_after_s, len(served.seen)) == (75, 3600, 1)


@pytest.mark.parametrize("status", [204, 400, 418])
def test_an_answer_that_means_nothing_here_is_unavailable(served: Registry, connect: Connect, status: int) -> None:
    served.faults = [(status, {})]
    with pytest.raises(UnavailableError, match=f"HTTP {status}"):
        connect().ask("GET", "manifests/v1", INDEX)


def test_nobody_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    conn = Connection(Repository.parse(f"{host}/app"), {}, sleep=lambda _: None)
    with pytest.raises(UnavailableError, match=f"image repository {host}/app: {host}: .*refused"):
        conn.ask("GET", "manifests/v1", INDEX)


def test_a_registry_that_says_nothing_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        conn = Connection(Repository.parse(f"127.0.0.1:{server.getsockname()[1]}/app"), {}, sleep=lambda _: None)
        with pytest.raises(UnavailableError, match="timed out"):
            conn.ask("GET", "manifests/v1", INDEX)


def test_an_endless_answer_is_cut_off(served: Registry, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST_BYTES", 1000)
    served.blobs["sha256:1"] = b"x" * 1001
    with pytest.raises(PreconditionError, match="larger than 1000 bytes"):
        connect().ask("GET", "blobs/sha256:1", "*/*")


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"token": 1}', b"{}"])
def test_a_token_service_without_a_token_is_unavailable(served: Registry, connect: Connect, answer: bytes) -> None:
    served.asks, served.token_answer = "bearer", answer
    with pytest.raises(UnavailableError, match="has no token"):
        connect().ask("GET", "manifests/v1", INDEX)
