"""`python -m infra.local.plugins.mongodbatlas ENGINE_ADDRESS`: the engine's `pulumi-resource-mongodbatlas`."""

from __future__ import annotations

from infra.atlas_api import Atlas
from infra.local.plugins.mongodbatlas.provider import Provider
from infra.local.plugins.mongodbatlas.resources import Resources
from infra.local.plugins.server import serve
from infra.local.plugins.wire import provider_pb2_grpc

provider = Provider(Resources(Atlas()))
serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
