"""The Pulumi engine, run on a stack of this project."""

from infra.engine.engine import Engine

__all__ = ["Engine"]
