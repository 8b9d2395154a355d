from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import process
from infra.local.cluster import gateway as module
from infra.local.cluster.gateway import Gateway
from infra.local.cluster.layout import Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVICE = "production/api"


class FakeForwarder:
    """Opens nothing; knows what was to be opened, and fails as often as told."""

    def __init__(self) -> None:
        self.opened: list[tuple[int, Callable[[], tuple[str, int]]]] = []
        self.failures = 0

    async def open(self, port: int, address: Callable[[], tuple[str, int]]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("address in use")
        self.opened.append((port, address))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join(5)
    made.close()


@pytest.fixture
def forwarder() -> FakeForwarder:
    return FakeForwarder()


@pytest.fixture
def gateway(tmp_path: Path, loop: asyncio.AbstractEventLoop, forwarder: FakeForwarder) -> Gateway:
    simulated = Machine(str(tmp_path), {}, simulated=True)
    made = Gateway(simulated, os.getpid(), loop)  # a real one would enter the machine's namespace
    made._machine = replace(simulated, simulated=False)
    fake: Any = forwarder
    made._forward = fake
    return made


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that were wished for; each is free."""
    wanted: list[int] = []
    monkeypatch.setattr(module, "free_port", lambda port: wanted.append(port) or port)
    return wanted


def remembered(gateway: Gateway) -> dict[str, Any]:
    return dict(json.loads((gateway._machine.dir / "gateway.json").read_text()))


@pytest.mark.parametrize(("port", "hosts"), [(80, 8080), (443, 8443), (1024, 1024), (3000, 3000)])
def test_privileged_ports_are_published_eight_thousand_higher(
    gateway: Gateway, free: list[int], port: int, hosts: int
) -> None:
    gateway.publish(SERVICE, port, "10.96.0.7")
    assert free == [hosts]
    assert remembered(gateway)["services"] == {SERVICE: {str(port): hosts}}


def test_a_taken_port_is_replaced(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        number = other.getsockname()[1]
        gateway.publish(SERVICE, number, "10.96.0.7")
        assert gateway.ports[SERVICE][str(number)] != number


def test_a_service_keeps_its_port_and_is_opened_once(
    gateway: Gateway, free: list[int], forwarder: FakeForwarder
) -> None:
    for _ in range(3):
        gateway.publish(SERVICE, 80, "10.96.0.7")
    assert [port for port, _ in forwarder.opened] == [8080]


def test_a_service_that_is_made_again_is_reached_at_its_new_address(
    gateway: Gateway, free: list[int], forwarder: FakeForwarder
) -> None:
    gateway.publish(SERVICE, 80, "10.96.0.7")
    gateway.publish(SERVICE, 80, "10.96.0.8")
    ((_, address),) = forwarder.opened
    assert address() == ("10.96.0.8", 80)


def test_every_port_of_every_service_has_its_own(gateway: Gateway, free: list[int], forwarder: FakeForwarder) -> None:
    gateway.publish(SERVICE, 80, "10.96.0.7")
    gateway.publish(SERVICE, 443, "10.96.0.7")
    gateway.publish("other/api", 81, "10.96.0.9")
    assert [address() for _, address in forwarder.opened] == [("10.96.0.7", 80), ("10.96.0.7", 443), ("10.96.0.9", 81)]
    assert remembered(gateway)["services"] == {SERVICE: {"80": 8080, "443": 8443}, "other/api": {"81": 8081}}


def test_a_port_that_could_not_be_opened_is_tried_again(
    gateway: Gateway, free: list[int], forwarder: FakeForwarder
) -> None:
    forwarder.failures = 1
    with pytest.raises(OSError, match="address in use"):
        gateway.publish(SERVICE, 80, "10.96.0.7")
    assert gateway.ports == {SERVICE: {}}
    gateway.publish(SERVICE, 80, "10.96.0.7")
    assert gateway.ports == {SERVICE: {"80": 8080}}


def test_nothing_is_published_for_simulated_pods(gateway: Gateway, free: list[int], forwarder: FakeForwarder) -> None:
    gateway._machine = replace(gateway._machine, simulated=True)
    gateway.publish(SERVICE, 80, "10.96.0.7")
    assert (forwarder.opened, free) == ([], [])


def test_processes_are_remembered_with_their_start_times(gateway: Gateway) -> None:
    gateway._remember()
    me = {"pid": os.getpid(), "started": process.started(os.getpid())}
    assert remembered(gateway) == {"gateway": me, "machine": me, "services": {}}
    assert [p.name for p in gateway._machine.dir.iterdir()] == ["gateway.json"]
