"""The engine's resource provider service for Atlas: messages in, plain properties through, messages out."""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2

from infra.local.plugins import answers
from infra.local.plugins.answers import explained, refuse_other_stacks
from infra.local.plugins.kubernetes import codec, diff
from infra.local.plugins.mongodbatlas.kinds import KINDS, kind_of
from infra.local.plugins.wire import plugin_pb2, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    import grpc

    from infra.local.plugins.mongodbatlas.resources import Resources

_PACKAGE = "mongodbatlas"
_SHAPES = {"AdvancedCluster": {"connectionStrings": {"standard": codec.UNKNOWN, "standardSrv": codec.UNKNOWN}}}
"""Outputs of which the program reads a part."""

_explained = explained("offline Atlas plugin")


class Provider(provider_pb2_grpc.ResourceProviderServicer):  # type: ignore[misc]
    """Manages Atlas resources for the engine; its previews ask nobody."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Agree on secrets being marked."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Say which version of the official provider this stands for."""
        return plugin_pb2.PluginInfo(version=version("pulumi-mongodbatlas"))

    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Take the provider's config as it is: credentials come by the environment."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Another address or key is the same Atlas to us."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Say what we understand."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_explained
    def Check(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Refuse kinds that only the official provider knows."""
        inputs = {key: value for key, value in codec.decode(request.news).items() if value is not None}
        kind = _kind(request)
        reason = f"{kind} is not supported by the offline plugin"
        failures = [] if kind in KINDS else [provider_pb2.CheckFailure(property="type", reason=reason)]
        return provider_pb2.CheckResponse(inputs=codec.encode(inputs), failures=failures)

    @_explained
    def Diff(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Say what an update would change, and whether the resource must be replaced."""
        old, new = codec.reveal(codec.decode(request.old_inputs)), codec.reveal(codec.decode(request.news))
        identity = KINDS[_kind(request)].identity
        changes = [
            replace(each, replace=each.path[0] in identity)
            for each in diff.of_inputs(old, new)
            if str(each) not in request.ignoreChanges and each.path[0] not in request.ignoreChanges
        ]
        return answers.difference(changes, delete_first=True)

    @_explained
    def Create(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Create the resource; one that exists is taken over, so that an interrupted creation is not lost."""
        inputs, kind = codec.decode(request.properties), _kind(request)
        if request.preview:
            return provider_pb2.CreateResponse(properties=codec.encode(_expected(kind, inputs)))
        refuse_other_stacks(request.urn, _PACKAGE)
        identifier, outputs = self._resources.create(kind, inputs, request.timeout)
        return provider_pb2.CreateResponse(id=identifier, properties=codec.encode(outputs))

    @_explained
    def Update(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Change the resource."""
        inputs, kind = codec.decode(request.news), _kind(request)
        if request.preview:
            known = codec.decode(request.olds)
            outputs = {**inputs, **{name: known.get(name) for name in KINDS[kind].computed}}
        else:
            refuse_other_stacks(request.urn, _PACKAGE)
            outputs = self._resources.update(kind, inputs, request.id, request.timeout)
        return provider_pb2.UpdateResponse(properties=codec.encode(outputs))

    @_explained
    def Read(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Report the live resource, for refresh; an empty answer says that it is gone."""
        refuse_other_stacks(request.urn, _PACKAGE)
        found = self._resources.read(_kind(request), codec.decode(request.inputs), request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        taken, outputs = found
        return provider_pb2.ReadResponse(id=request.id, inputs=codec.encode(taken), properties=codec.encode(outputs))

    @_explained
    def Delete(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Delete the resource, and wait until it is gone."""
        refuse_other_stacks(request.urn, _PACKAGE)
        self._resources.delete(_kind(request), codec.decode(request.old_inputs), request.id, request.timeout)
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Stop waiting: what exists is reported as existing."""
        self._resources.cancelled.set()
        return empty_pb2.Empty()


def _kind(request: Any) -> str:
    token = request.type or request.urn.split("::")[2].rsplit("$", maxsplit=1)[-1]
    return kind_of(token)


def _expected(kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs as far as a preview knows them."""
    return {**inputs, **dict.fromkeys(KINDS[kind].computed, codec.UNKNOWN), **_SHAPES.get(kind, {})}
