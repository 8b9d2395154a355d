"""`python -m infra.local.plugins.kubernetes.recorder ENGINE_ADDRESS`: the provider of a throw-away state."""

from __future__ import annotations

from infra.local.plugins.kubernetes.link import Nowhere
from infra.local.plugins.kubernetes.provider import Provider
from infra.local.plugins.recording import Recorder
from infra.local.plugins.server import serve
from infra.local.plugins.wire import provider_pb2_grpc

recorder = Recorder(Provider(Nowhere()))
serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(recorder, server))
