"""The engine's resource provider service: messages in, plain properties through, messages out."""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

from functools import wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.local.plugins.kubernetes import codec, identity
from infra.local.plugins.kubernetes.check import Context, check
from infra.local.plugins.kubernetes.diff import Change, Kind
from infra.local.plugins.kubernetes.objects import HalfDoneError, Objects
from infra.local.plugins.wire import plugin_pb2, provider_pb2, provider_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.plugins.kubernetes.link import Link

WRITABLE_STACK = "local"
"""The one stack with nothing to protect; its name is repeated here because the settings take a second to import."""

_DIFF = provider_pb2.PropertyDiff
_KINDS = {
    (Kind.ADD, False): _DIFF.ADD,
    (Kind.ADD, True): _DIFF.ADD_REPLACE,
    (Kind.DELETE, False): _DIFF.DELETE,
    (Kind.DELETE, True): _DIFF.DELETE_REPLACE,
    (Kind.UPDATE, False): _DIFF.UPDATE,
    (Kind.UPDATE, True): _DIFF.UPDATE_REPLACE,
}


def _explained(method: Callable[..., Any]) -> Callable[..., Any]:
    """Report failures as one readable error, without any secret of the request."""

    @wraps(method)
    def call(self: Provider, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except HalfDoneError as error:
            _abort_half_done(context, error, _redacted(error, request))
        except UnavailableError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, _redacted(error, request))
        except RezError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, _redacted(error, request))
        except Exception as error:  # noqa: BLE001 - its traceback could quote a secret
            text = f"{type(error).__name__} in the offline Kubernetes plugin: {error}"
            context.abort(grpc.StatusCode.INTERNAL, codec.redact(text, *_properties(request)))

    return call


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
        changes = difference.changes
        replaces = [str(change) for change in changes if change.replace]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=sorted({str(change.path[0]) for change in changes}),
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and difference.delete_first,
            detailedDiff={str(change): _property_diff(change) for change in changes},
            hasDetailedDiff=True,
        )

    @_explained
    def Create(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Create the object; one that exists is taken over, so that an interrupted creation is not lost."""
        inputs = codec.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=codec.encode(self._objects.preview(inputs, {})))
        _refuse_other_stacks(request.urn)
        ref, outputs = self._objects.apply(inputs, request.timeout)
        return provider_pb2.CreateResponse(id=ref.id, properties=codec.encode(outputs))

    @_explained
    def Update(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Change the object; one that was deleted by hand is created again."""
        inputs = codec.decode(request.news)
        if request.preview:
            outputs = self._objects.preview(inputs, codec.decode(request.olds))
        else:
            _refuse_other_stacks(request.urn)
            _, outputs = self._objects.apply(inputs, request.timeout)
        return provider_pb2.UpdateResponse(properties=codec.encode(outputs))

    @_explained
    def Read(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Report the live object, for refresh and import; an empty answer says that it is gone."""
        _refuse_other_stacks(request.urn)
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
        _refuse_other_stacks(request.urn)
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


def _property_diff(change: Change) -> Any:
    return _DIFF(kind=_KINDS[change.kind, change.replace])


def _refuse_other_stacks(urn: str) -> None:
    """Refuse what changes the objects or the state of a stack that the official provider manages."""
    stack = identity.stack_of(urn)
    if stack != WRITABLE_STACK:
        remedy = f"pulumi plugin install resource kubernetes {version('pulumi-kubernetes')}"
        raise PreconditionError(
            f"the offline Kubernetes plugin only previews stack {stack}: it neither writes nor refreshes; "
            f"use the official one: {remedy}"
        )


def _abort_half_done(context: grpc.ServicerContext, error: HalfDoneError, message: str) -> None:
    """Tell the engine that the object exists although the call failed."""
    properties = codec.encode(error.properties)
    detail = provider_pb2.ErrorResourceInitFailed(id=error.ref.id, properties=properties, reasons=[message])
    packed = any_pb2.Any()
    packed.Pack(detail)
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=message, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, message)


def _redacted(error: Exception, request: Any) -> str:
    return codec.redact(str(error), *_properties(request))


def _properties(request: Any) -> list[dict[str, Any]]:
    """Every property map of a request."""
    names = [descriptor.name for descriptor, _ in request.ListFields()]
    maps = ("properties", "news", "olds", "old_inputs", "inputs")
    return [codec.decode(getattr(request, name)) for name in maps if name in names]
