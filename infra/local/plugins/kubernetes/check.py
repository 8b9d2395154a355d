"""What the engine records as a resource's inputs: names filled in, plain mistakes refused. Pure."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from infra.local.plugins.kubernetes.codec import Secret, Unknown, reveal
from infra.local.plugins.kubernetes.identity import kind_of, namespaced

AUTONAMED = "pulumi.com/autonamed"
_RANDOM_DIGITS = 7
_COLLECTIONS = frozenset({"helm.sh", "index", "kustomize", "yaml"})
_STRING_MAPS = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "stringData"),
}


@dataclass(frozen=True)
class Context:
    """What a check knows besides the inputs.

    Attributes:
        token: The resource type.
        name: The resource's logical name.
        seed: Random bytes of the engine, the same for the same resource in one deployment.
        namespace: For objects that name none; None for kinds that live in none.
    """

    token: str
    name: str
    seed: bytes
    namespace: str | None


@dataclass
class Checked:
    """The inputs to record, and what is wrong with them as (property, reason)."""

    inputs: dict[str, Any]
    failures: list[tuple[str, str]] = field(default_factory=list)


def check(news: dict[str, Any], olds: dict[str, Any], context: Context) -> Checked:
    """Complete the inputs of a resource.

    Args:
        news: What the program asks for.
        olds: The inputs on record; empty for a new or replaced resource.
        context: See there.
    """
    api_version, kind = kind_of(context.token)
    inputs = {"apiVersion": api_version, "kind": kind, **_without_nulls(news)}
    if _not_an_object(api_version, kind):
        return Checked(inputs, [("kind", f"{context.token} is not supported by the offline plugin")])
    metadata = inputs.setdefault("metadata", {})
    metadata = metadata.value if isinstance(metadata, Secret) else metadata
    if isinstance(metadata, Unknown):
        return Checked(inputs)
    if not isinstance(metadata, dict):
        return Checked(inputs, [("metadata", f"must be an object, got {type(reveal(metadata)).__name__}")])
    inputs["metadata"] = _named(metadata, reveal(olds.get("metadata") or {}), context)
    if kind == "Secret":
        inputs = _sealed(inputs)
    return Checked(inputs, _mistakes(inputs, str(inputs["kind"])))


def _not_an_object(api_version: str, kind: str) -> bool:
    """Whether the type is one that only the official SDK knows: charts, files of YAML, patches, lists."""
    if api_version.split("/", maxsplit=1)[0] in _COLLECTIONS:
        return True
    return namespaced(api_version, kind) is not None and kind.endswith(("Patch", "List"))


def _named(metadata: dict[str, Any], old: Any, context: Context) -> dict[str, Any]:
    metadata = dict(metadata)
    if context.namespace is None:
        metadata.pop("namespace", None)
    elif not metadata.get("namespace"):
        metadata["namespace"] = context.namespace
    if not metadata.get("name"):
        kept = old.get("name") if AUTONAMED in (old.get("annotations") or {}) else None
        metadata["name"] = kept or f"{context.name}-{context.seed.hex()[:_RANDOM_DIGITS]}"
        metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    return metadata


def _sealed(inputs: dict[str, Any]) -> dict[str, Any]:
    """A Secret with its `stringData` folded into `data`, every value of it secret."""
    texts, data = inputs.get("stringData"), inputs.get("data")
    texts = texts.value if isinstance(texts, Secret) else texts
    data = data.value if isinstance(data, Secret) else data
    sealed = {key: value for key, value in inputs.items() if key not in {"stringData", "data"}}
    if isinstance(texts, Unknown) or isinstance(data, Unknown):
        return {**sealed, "data": Secret(texts if isinstance(texts, Unknown) else data)}
    if not isinstance(texts, dict | None) or not isinstance(data, dict | None):
        return inputs
    merged = {**(data or {}), **{key: _encoded(value) for key, value in (texts or {}).items()}}
    if merged:
        sealed["data"] = {key: Secret(reveal(value)) for key, value in merged.items()}
    return sealed


def _encoded(value: Any) -> Any:
    plain = reveal(value)
    return base64.b64encode(plain.encode()).decode() if isinstance(plain, str) else plain


def _mistakes(inputs: dict[str, Any], kind: str) -> list[tuple[str, str]]:
    metadata = inputs["metadata"]
    names = [name for name in ("name", "namespace") if not isinstance(reveal(metadata.get(name)), str | Unknown | None)]
    found = [(f"metadata.{name}", "must be a string") for name in names]
    maps = [(f"metadata.{key}", metadata.get(key)) for key in ("labels", "annotations")]
    maps += [(key, inputs.get(key)) for key in _STRING_MAPS.get(kind, ())]
    for path, value in maps:
        found += _not_strings(path, reveal(value))
    return found


def _not_strings(path: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Unknown | None):
        return []
    if not isinstance(value, dict):
        return [(path, f"must be an object of strings, got {type(value).__name__}")]
    return [
        (f"{path}.{key}", f"must be a string, got {type(item).__name__}: quote it")
        for key, item in value.items()
        if not isinstance(item, str | Unknown)
    ]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
