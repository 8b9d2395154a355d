from __future__ import annotations

import http.server
import threading
import time
from typing import TYPE_CHECKING

import pytest

from benchmarks.load import Load

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers well below `/`, badly below `/bad`, and counts connections."""

    connections = 0

    def do_GET(self) -> None:
        type(self).connections += 1
        self.send_response(503 if self.path == "/bad" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Handler.connections = 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def wait_for(load: Load, requests: int) -> None:
    deadline = time.monotonic() + 30
    while load.requests < requests:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_every_request_is_a_connection_of_its_own_at_the_meant_rate(url: str) -> None:
    with Load(f"{url}/", rate=100) as load:
        wait_for(load, 20)
    assert load.failures == []
    assert load.requests == Handler.connections
    assert load.per_s <= 100 * 1.5


def test_a_bad_answer_is_a_failure_and_says_so(url: str) -> None:
    with Load(f"{url}/bad") as load:
        wait_for(load, 1)
    assert len(load.failures) == load.requests
    assert load.failures[0].endswith("503 ok")


def test_no_answer_is_a_failure() -> None:
    with Load("http://127.0.0.1:9/") as load:
        wait_for(load, 1)
    assert "refused" in load.failures[0]
