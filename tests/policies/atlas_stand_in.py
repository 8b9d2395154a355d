"""A provider that stands in for Atlas': it compares what is asked for with what it last saw, and finds nothing live."""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from google.protobuf import empty_pb2

from infra.local.plugins.kubernetes import codec, diff
from infra.local.plugins.server import serve
from infra.local.plugins.wire import plugin_pb2, provider_pb2, provider_pb2_grpc

_KINDS = {
    diff.Kind.ADD: provider_pb2.PropertyDiff.ADD,
    diff.Kind.DELETE: provider_pb2.PropertyDiff.DELETE,
    diff.Kind.UPDATE: provider_pb2.PropertyDiff.UPDATE,
}


class Provider(provider_pb2_grpc.ResourceProviderServicer):  # type: ignore[misc]
    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=version("pulumi-mongodbatlas"))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        old, new = (codec.reveal(codec.decode(each)) for each in (request.olds, request.news))
        changes = diff.of_inputs(old, new)
        some = provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=sorted({str(change.path[0]) for change in changes}),
            detailedDiff={str(change): provider_pb2.PropertyDiff(kind=_KINDS[change.kind]) for change in changes},
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: Any) -> Any:
        return provider_pb2.CreateResponse(properties=request.properties)

    def Update(self, request: Any, context: Any) -> Any:
        return provider_pb2.UpdateResponse(properties=request.news)

    def Read(self, request: Any, context: Any) -> Any:
        return provider_pb2.ReadResponse()

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server))
