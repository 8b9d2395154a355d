"""A provider that creates nothing: what was to be created is recorded as if it had been, as far as a preview knows it.

It is what a throw-away state is made of. No switch turns it on in a real plugin: it is a program of its own.
"""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf import empty_pb2

from infra.local.plugins.kubernetes import codec
from infra.local.plugins.wire import provider_pb2

RECORDED = "recorded"
"""Stands for whatever only a real creation tells: ids, addresses."""


class Recorder:
    """Another provider's answers to everything but creations.

    Args:
        provider: The provider's service; of its creations only the previews are asked.
    """

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def Create(self, request: Any, context: Any) -> Any:
        """Answer with the expected outputs, nothing in them unknown."""
        wanted = request.preview
        request.preview = True
        expected = self._provider.Create(request, context)
        if wanted:
            return expected
        name = request.urn.rsplit("::", maxsplit=1)[-1]
        outputs = _known(codec.decode(expected.properties))
        return provider_pb2.CreateResponse(id=name, properties=codec.encode(outputs))

    def Update(self, request: Any, context: Any) -> Any:
        """Preview it, whatever is asked for."""
        request.preview = True
        return self._provider.Update(request, context)

    def Read(self, request: Any, context: Any) -> Any:
        """Refuse: there is nothing to read from."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{request.urn}: a throw-away state knows no object to read")

    def Delete(self, request: Any, context: Any) -> Any:
        """Forget what was only recorded."""
        del request, context
        return empty_pb2.Empty()


def _known(value: Any) -> Any:
    if isinstance(value, codec.Unknown):
        return RECORDED
    if isinstance(value, codec.Secret):
        return codec.Secret(_known(value.value))
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value
