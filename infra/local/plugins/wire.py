"""The engine's message classes, without the second that importing the whole Pulumi SDK around them takes."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def _load(*names: str) -> list[Any]:
    """Import modules of `pulumi.runtime.proto` while empty packages stand in for the SDK's own.

    The stand-ins leave again, so that a later `import pulumi` in the same process gets the real one.
    """
    stand_ins = []
    spec = importlib.util.find_spec("pulumi")
    if "pulumi" not in sys.modules and spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        for name, folder in (("pulumi", root), ("pulumi.runtime", root / "runtime")):
            module = ModuleType(name)
            module.__path__ = [str(folder)]
            sys.modules[name] = module
            stand_ins.append(name)
    try:
        return [importlib.import_module(f"pulumi.runtime.proto.{name}") for name in names]
    finally:
        for name in stand_ins:
            del sys.modules[name]


(
    provider_pb2,
    provider_pb2_grpc,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
    engine_pb2,
    engine_pb2_grpc,
) = _load(
    "provider_pb2",
    "provider_pb2_grpc",
    "language_pb2",
    "language_pb2_grpc",
    "plugin_pb2",
    "engine_pb2",
    "engine_pb2_grpc",
)
