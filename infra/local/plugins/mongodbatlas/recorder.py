"""`python -m infra.local.plugins.mongodbatlas.recorder ENGINE_ADDRESS`: the provider of a throw-away state."""

from __future__ import annotations

from infra.atlas_api import Atlas
from infra.local.plugins.mongodbatlas.provider import Provider
from infra.local.plugins.mongodbatlas.resources import Resources
from infra.local.plugins.recording import Recorder
from infra.local.plugins.server import serve
from infra.local.plugins.wire import provider_pb2_grpc

recorder = Recorder(Provider(Resources(Atlas({}))))
serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(recorder, server))
