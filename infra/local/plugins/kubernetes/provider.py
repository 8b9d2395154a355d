"""The engine's resource provider service: messages in, plain properties through, messages out."""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2

from infra.local.plugins import answers
from infra.local.plugins.answers import explained, refuse_other_stacks
from infra.local.plugins.kubernetes import codec, identity
from infra.local.plugins.kubernetes.check import Context, check
from infra.local.plugins.kubernetes.objects import Objects
from infra.local.plugins.wire import plugin_pb2, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    import grpc

    from infra.local.plugins.kubernetes.link import Link

_explained = explained("offline Kubernetes plugin")
_PACKAGE = "kubernetes"


class Provider(provider_pb2_grpc.ResourceProviderServicer):  # type: ignore[misc]
    """Manages Kubernetes objects for the engine."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._objects = Objects(link)

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Agree on secrets being marked."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Say which version of the official provider this stands for."""
        return plugin_pb2.PluginInfo(version=version("pulumi-kubernetes"))

    def Configure(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Take kubeconfig, context and namespace of the provider resource."""
        self._link.configure(codec.reveal(codec.decode(request.args)))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_explained
    def Check(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Complete the inputs, and refuse plain mistakes."""
        token = identity.token_of(request.urn, request.type)
        name = request.name or request.urn.rsplit("::", maxsplit=1)[-1]
        context = Context(token, name, request.randomSeed, self._namespace(token))
        checked = check(codec.decode(request.news), codec.decode(request.olds), context)
        failures = [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in checked.failures]
        return provider_pb2.CheckResponse(inputs=codec.encode(checked.inputs), failures=failures)

    @_explained
    def Diff(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Say what an update would change, and whether the object must be replaced."""
        old, new = codec.decode(request.old_inputs), codec.decode(request.news)
        difference = self._objects.compare(old, new, list(request.ignoreChanges))
        return answers.difference(difference.changes, delete_first=difference.delete_first)

    @_explained
    def Create(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Create the object; one that exists is taken over, so that an interrupted creation is not lost."""
        inputs = codec.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=codec.encode(self._objects.preview(inputs, {})))
        refuse_other_stacks(request.urn, _PACKAGE)
        ref, outputs = self._objects.apply(inputs, request.timeout)
        return provider_pb2.CreateResponse(id=ref.id, properties=codec.encode(outputs))

    @_explained
    def Update(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Change the object; one that was deleted by hand is created again."""
        inputs = codec.decode(request.news)
        if request.preview:
            outputs = self._objects.preview(inputs, codec.decode(request.olds))
        else:
            refuse_other_stacks(request.urn, _PACKAGE)
            _, outputs = self._objects.apply(inputs, request.timeout)
        return provider_pb2.UpdateResponse(properties=codec.encode(outputs))

    @_explained
    def Read(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Report the live object, for refresh and import; an empty answer says that it is gone."""
        refuse_other_stacks(request.urn, _PACKAGE)
        inputs = codec.decode(request.inputs)
        ref = self._ref(request, inputs)
        found = self._objects.read(ref, inputs, codec.decode(request.properties))
        if found is None:
            return provider_pb2.ReadResponse()
        taken, outputs = found
        return provider_pb2.ReadResponse(id=ref.id, inputs=codec.encode(taken), properties=codec.encode(outputs))

    @_explained
    def Delete(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Delete the object, and wait until it is gone."""
        refuse_other_stacks(request.urn, _PACKAGE)
        inputs = codec.decode(request.old_inputs)
        self._objects.delete(self._ref(request, inputs), inputs, request.timeout)
        return empty_pb2.Empty()

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Stop waiting: what exists is reported as existing."""
        self._objects.cancelled.set()
        return empty_pb2.Empty()

    def _namespace(self, token: str) -> str | None:
        api_version, kind = identity.kind_of(token)
        lives_in_one = identity.namespaced(api_version, kind)
        if lives_in_one is None:
            lives_in_one = self._link.namespaced(api_version, kind)
        return self._link.namespace() if lives_in_one else None

    def _ref(self, request: Any, inputs: dict[str, Any]) -> identity.Ref:
        token = identity.token_of(request.urn, request.type)
        ref = identity.ref_from_id(token, request.id)
        if inputs.get("apiVersion") and inputs.get("kind"):
            return ref._replace(api_version=str(inputs["apiVersion"]), kind=str(inputs["kind"]))
        return ref if ref.namespace else ref._replace(namespace=self._namespace(token))
