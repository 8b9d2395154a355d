"""`python -m infra.local.plugins.language ENGINE_ADDRESS`: what the engine starts as `pulumi-language-python`."""

from __future__ import annotations

import sys

from infra.local.plugins.language.host import LanguageHost
from infra.local.plugins.server import engine_address, serve
from infra.local.plugins.wire import language_pb2_grpc

host = LanguageHost(engine_address(sys.argv[1:]))
serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server), on_end=host.children.end)
