"""The sample app as a process: its own tests, its faults, its graceful end."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server

    from infra.local.images.runtime import Node

pytestmark = pytest.mark.cluster

OK = 200
UNREADY = 503
DRAIN_S = 3.0
ACCEPTING_S = DRAIN_S / 3
LEAK_SECONDS = 2.0
LEAK_AT_LEAST_MIB = 50


def resident_mib(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def test_the_apps_own_tests_pass(app_folder: Path, node: Node) -> None:
    environment = {**os.environ, "NODE_ENV": "test"}
    result = subprocess.run(
        [node.binary, "--test"],
        cwd=app_folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_it_runs_without_mongodb_and_redis(start: Callable[..., Server]) -> None:
    server = start()
    server.wait_until_it_listens()
    answer = server.get("/health")
    assert answer.status_code == OK
    assert answer.json()["dependencies"] == {"mongodb": "absent", "redis": "absent"}


def test_a_mongodb_that_does_not_answer_makes_it_unready_and_its_password_is_not_told(
    start: Callable[..., Server],
) -> None:
    server = start(MONGODB_URI="mongodb://rez:hunter2@127.0.0.1:9/rez", LOG_LEVEL="debug")
    server.wait_until_it_listens()
    answer = server.get("/health")
    assert answer.status_code == UNREADY
    assert answer.json()["dependencies"]["mongodb"].startswith("error: ")
    assert server.get("/health/live").status_code == OK
    code, output, _ = server.end()
    assert code == 0
    assert "connection pool" in output
    assert "hunter2" not in output + answer.text


def test_no_request_fails_while_routers_learn_that_it_drains(start: Callable[..., Server]) -> None:
    server = start()
    server.wait_until_it_listens()
    statuses: list[int] = []
    routed_elsewhere = threading.Event()

    def ask() -> None:
        while not routed_elsewhere.is_set():
            statuses.append(server.get("/").status_code)

    with ThreadPoolExecutor() as clients:
        asking = [clients.submit(ask) for _ in range(4)]
        time.sleep(0.3)
        before = len(statuses)
        server.process.terminate()
        time.sleep(ACCEPTING_S * 0.7)
        routed_elsewhere.set()
        for client in asking:
            client.result()
    assert len(statuses) > before
    assert set(statuses) == {OK}


def test_draining_ends_well_within_its_time(start: Callable[..., Server]) -> None:
    server = start()
    server.wait_until_it_listens()
    code, output, seconds = server.end()
    assert code == 0, output
    assert seconds <= DRAIN_S


def test_a_request_in_flight_is_answered_before_the_end(start: Callable[..., Server]) -> None:
    server = start(FAULT="slow")
    server.wait_until_it_listens()
    answers: list[int] = []
    client = threading.Thread(target=lambda: answers.append(server.get("/").status_code))
    client.start()
    time.sleep(0.2)
    code, _, _ = server.end()
    client.join()
    assert (code, answers) == (0, [OK])


def test_a_draining_app_is_unready(start: Callable[..., Server]) -> None:
    server = start()
    server.wait_until_it_listens()
    server.process.terminate()
    time.sleep(0.3)
    answer = server.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (UNREADY, "draining")
    assert server.get("/health/live").status_code == OK


def test_fault_crash_ends_with_a_stack_trace_and_was_never_ready(start: Callable[..., Server]) -> None:
    server = start(FAULT="crash")
    server.wait_until_it_listens()
    assert server.get("/health").status_code == UNREADY
    output, _ = server.process.communicate(timeout=10)
    assert server.process.returncode == 1
    assert "TypeError" in output
    assert "faults.js" in output


def test_fault_never_ready_lives_and_is_never_ready(start: Callable[..., Server]) -> None:
    server = start(FAULT="never-ready")
    server.wait_until_it_listens()
    assert server.get("/health").status_code == UNREADY
    assert server.get("/health/live").status_code == OK


def test_fault_missing_key_refuses_to_start_and_names_the_key(start: Callable[..., Server]) -> None:
    server = start(FAULT="missing-key")
    output, _ = server.process.communicate(timeout=10)
    assert server.process.returncode == 1
    assert "PAYMENT_KEY_V3 is missing" in output


def test_fault_leak_is_ready_and_grows(start: Callable[..., Server]) -> None:
    server = start(FAULT="leak")
    server.wait_until_it_listens()
    before = resident_mib(server)
    time.sleep(LEAK_SECONDS)
    assert server.get("/health").status_code == OK
    assert resident_mib(server) - before >= LEAK_AT_LEAST_MIB


def test_migrating_without_a_database_is_fine(app_folder: Path, node: Node) -> None:
    result = subprocess.run(
        [node.binary, "migrate.js"],
        cwd=app_folder,
        env={"SECRETS_DIR": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 0
    assert "no MongoDB is configured" in result.stdout
