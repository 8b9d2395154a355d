"""What the offline provider does not do on stacks that another provider manages."""

from __future__ import annotations

import functools
from typing import Any, NoReturn

import grpc
import pytest

from infra.local.plugins.kubernetes.link import Link
from infra.local.plugins.kubernetes.provider import Provider
from infra.local.plugins.wire import provider_pb2

REQUESTS = {
    "Create": provider_pb2.CreateRequest,
    "Update": functools.partial(provider_pb2.UpdateRequest, id="n/c"),
    "Read": functools.partial(provider_pb2.ReadRequest, id="n/c"),
    "Delete": functools.partial(provider_pb2.DeleteRequest, id="n/c"),
}


class Refused(Exception):
    pass


class Context:
    """Of gRPC's context, what a failing call uses."""

    def abort(self, code: grpc.StatusCode, message: str) -> NoReturn:
        raise Refused(code, message)


def call(method: str, stack: str) -> Any:
    urn = f"urn:pulumi:{stack}::rez-infra::kubernetes:core/v1:ConfigMap::c"
    return getattr(Provider(Link("")), method)(REQUESTS[method](urn=urn), Context())


@pytest.fixture(autouse=True)
def without_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))


@pytest.mark.parametrize("stack", ["production", "production-eu", "staging"])
@pytest.mark.parametrize("method", REQUESTS)
def test_another_stack_is_neither_written_nor_refreshed(method: str, stack: str) -> None:
    with pytest.raises(Refused) as refused:
        call(method, stack)
    code, message = refused.value.args
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert f"only previews stack {stack}" in message
    assert "pulumi plugin install resource kubernetes" in message
    assert "\n" not in message


@pytest.mark.parametrize("method", ["Read", "Delete"])
def test_stack_local_gets_as_far_as_its_cluster(method: str) -> None:
    with pytest.raises(Refused) as refused:
        call(method, "local")
    assert refused.value.args[0] is grpc.StatusCode.UNAVAILABLE
