"""A provider that records and never creates, on any stack and with no cluster at all."""

from __future__ import annotations

from typing import Any, NoReturn

import grpc
import pytest

from infra.local.plugins.install import install_recorders
from infra.local.plugins.kubernetes import codec
from infra.local.plugins.kubernetes.link import Nowhere
from infra.local.plugins.kubernetes.provider import Provider
from infra.local.plugins.recording import RECORDED, Recorder
from infra.local.plugins.wire import provider_pb2, provider_pb2_grpc

URN = "urn:pulumi:production::rez-infra::kubernetes:core/v1:Secret::db"
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "db", "namespace": "production"},
    "data": {"A": codec.Secret("MQ==")},
}


class Refused(Exception):
    pass


class Context:
    def abort(self, code: grpc.StatusCode, message: str) -> NoReturn:
        raise Refused(code, message)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(Provider(Nowhere()))


def create(recorder: Recorder, *, preview: bool) -> Any:
    request = provider_pb2.CreateRequest(urn=URN, properties=codec.encode(SECRET), preview=preview)
    return recorder.Create(request, Context())


def test_a_creation_is_recorded_as_a_preview_expects_it_and_nothing_stays_unknown(recorder: Recorder) -> None:
    done = create(recorder, preview=False)
    found = codec.decode(done.properties)
    assert done.id == "db"
    assert found["metadata"] == {**SECRET["metadata"], "uid": RECORDED}  # type: ignore[dict-item]
    assert found["data"] == {"A": codec.Secret("MQ==")}
    assert not codec.known(codec.decode(create(recorder, preview=True).properties))


def test_an_update_is_previewed_and_a_deletion_deletes_nothing(recorder: Recorder) -> None:
    news = codec.encode(SECRET)
    update = provider_pb2.UpdateRequest(urn=URN, id="db", news=news, olds=news, old_inputs=news)
    assert recorder.Update(update, Context()).properties
    recorder.Delete(provider_pb2.DeleteRequest(urn=URN, id="db", old_inputs=news), Context())


def test_there_is_nothing_to_read(recorder: Recorder) -> None:
    with pytest.raises(Refused) as refused:
        recorder.Read(provider_pb2.ReadRequest(urn=URN, id="production/db"), Context())
    assert refused.value.args[0] is grpc.StatusCode.UNIMPLEMENTED


def test_it_answers_to_every_call_of_the_protocol(recorder: Recorder) -> None:
    methods = [name for name in vars(provider_pb2_grpc.ResourceProviderServicer) if not name.startswith("_")]
    assert all(callable(getattr(recorder, name)) for name in methods)


def test_it_is_installed_for_the_version_that_the_program_uses(tmp_path: Any) -> None:
    package = tmp_path / "site" / "pulumi_kubernetes-4.99.0.dist-info" / "METADATA"
    package.parent.mkdir(parents=True)
    package.write_text("Metadata-Version: 2.1\nName: pulumi-kubernetes\nVersion: 4.99.0\n")
    install_recorders(tmp_path / "bin" / "pulumi", tmp_path / "home", tmp_path / "python", tmp_path / "site")
    launcher = tmp_path / "home/plugins/resource-kubernetes-v4.99.0/pulumi-resource-kubernetes"
    assert "-m infra.local.plugins.kubernetes.recorder" in launcher.read_text()
