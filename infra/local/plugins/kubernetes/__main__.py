"""`python -m infra.local.plugins.kubernetes ENGINE_ADDRESS`: what the engine starts as `pulumi-resource-kubernetes`."""

from __future__ import annotations

import sys

from infra.local.plugins.kubernetes.link import Link
from infra.local.plugins.kubernetes.provider import Provider
from infra.local.plugins.server import engine_address, serve
from infra.local.plugins.wire import provider_pb2_grpc

provider = Provider(Link(engine_address(sys.argv[1:])))
serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
