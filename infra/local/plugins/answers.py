"""What every resource provider of ours answers in the same way: failures, differences, and whose stack it may touch."""

from __future__ import annotations

from functools import wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import any_pb2
from google.rpc import status_pb2

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.local.plugins.kubernetes import codec, identity
from infra.local.plugins.kubernetes.diff import Change, Kind
from infra.local.plugins.wire import provider_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class HalfDoneError(RezError):
    """The object exists, but is not ready: the engine must keep track of it.

    Attributes:
        id: The object's id in Pulumi's state.
        properties: Its outputs.
    """

    def __init__(self, message: str, identifier: str, properties: dict[str, Any]) -> None:
        super().__init__(message)
        self.id = identifier
        self.properties = properties


def explained(plugin: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method report failures as one readable error, without any secret of the request.

    Args:
        plugin: What it is called in a defect's message.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
            try:
                return method(self, request, context)
            except HalfDoneError as error:
                _abort_half_done(context, error, _redacted(error, request))
            except UnavailableError as error:
                context.abort(grpc.StatusCode.UNAVAILABLE, _redacted(error, request))
            except RezError as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, _redacted(error, request))
            except Exception as error:  # noqa: BLE001 - its traceback could quote a secret
                text = f"{type(error).__name__} in the {plugin}: {error}"
                context.abort(grpc.StatusCode.INTERNAL, codec.redact(text, *_properties(request)))

        return call

    return decorate


def difference(changes: Sequence[Change], *, delete_first: bool) -> Any:
    """The answer to a Diff.

    Args:
        changes: What would change.
        delete_first: Whether a replacement takes the name of what it replaces.
    """
    replaces = [str(change) for change in changes if change.replace]
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if changes else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=sorted({str(change.path[0]) for change in changes}),
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and delete_first,
        detailedDiff={str(change): _DIFF(kind=_KINDS[change.kind, change.replace]) for change in changes},
        hasDetailedDiff=True,
    )


def refuse_other_stacks(urn: str, package: str) -> None:
    """Refuse what changes the objects or the state of a stack that the official provider manages.

    Args:
        urn: Of the resource.
        package: Pulumi's name of the provider.

    Raises:
        PreconditionError: The stack is not the local one.
    """
    stack = identity.stack_of(urn)
    if stack != WRITABLE_STACK:
        remedy = f"pulumi plugin install resource {package} {version(f'pulumi-{package}')}"
        raise PreconditionError(
            f"the offline {package} plugin only previews stack {stack}: it neither writes nor refreshes; "
            f"use the official one: {remedy}"
        )


def _abort_half_done(context: grpc.ServicerContext, error: HalfDoneError, message: str) -> None:
    """Tell the engine that the object exists although the call failed."""
    properties = codec.encode(error.properties)
    detail = provider_pb2.ErrorResourceInitFailed(id=error.id, properties=properties, reasons=[message])
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
