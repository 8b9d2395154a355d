"""The golden stack as each input carries it: the engine's messages, a preview, a state, and files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from policies.inputs.signatures import SECRET, SIGNATURE
from policies.objects.values import Secret, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.objects.values import Manifest

UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
CORE = {"v1": "core/v1"}


def encode(value: Any, secret: Any = None) -> Any:
    """Write unknown and secret values as Pulumi does; `secret` says how a secret is written."""
    if isinstance(value, Unknown):
        return UNKNOWN_STRING
    if isinstance(value, Secret):
        return secret or {SIGNATURE: SECRET, "value": encode(value.value)}
    if isinstance(value, dict):
        return {key: encode(item, secret) for key, item in value.items()}
    return [encode(item, secret) for item in value] if isinstance(value, list) else value


def struct(value: Manifest) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(encode(value))
    return message


def token(document: Manifest) -> str:
    version = document.get("apiVersion", "")
    kubernetes = f"kubernetes:{CORE.get(version, version)}:{document.get('kind')}"
    return str(document.get("pulumi", {}).get("type") or kubernetes)


def urn(document: Manifest, stack: str = "production") -> str:
    name = document.get("pulumi", {}).get("name") or f"{document['kind'].lower()}-{document['metadata']['name']}"
    return f"urn:pulumi:{stack}::rez-infra::{token(document)}::{name}"


def body(document: Manifest) -> Manifest:
    return {key: value for key, value in document.items() if key != "pulumi"}


def content(document: Manifest, stack: str) -> dict[str, Any]:
    """What a message to a policy pack says."""
    said = document.get("pulumi", {})
    options = analyzer_pb2.AnalyzerResourceOptions(
        protect=said.get("protect", False), ignoreChanges=said.get("ignore_changes", ())
    )
    own = urn(document, stack)
    name = own.rpartition("::")[2]
    return {"type": token(document), "name": name, "urn": own, "options": options, "properties": struct(body(document))}


def request(document: Manifest, stack: str = "production") -> Any:
    return analyzer_pb2.AnalyzeRequest(**content(document, stack))


def stack_request(documents: Iterable[Manifest], stack: str = "production") -> Any:
    sent = [analyzer_pb2.AnalyzerResource(**content(each, stack)) for each in documents]
    return analyzer_pb2.AnalyzeStackRequest(resources=sent)


def preview(documents: Iterable[Manifest]) -> str:
    """What `pulumi preview --json` prints for a stack that is not there yet; secrets are masked."""
    steps = [{"op": "create", "urn": urn(each), "newState": _state(each, "[secret]")} for each in documents]
    return json.dumps({"steps": steps, "changeSummary": {"create": len(steps)}}, indent=2)


def state(documents: Iterable[Manifest]) -> str:
    """What `pulumi stack export` prints; secrets are encrypted."""
    sealed = {SIGNATURE: SECRET, "ciphertext": "v1:0123"}
    return json.dumps(
        {"version": 3, "deployment": {"resources": [_state(each, sealed) for each in documents]}}, indent=2
    )


def files(documents: Iterable[Manifest]) -> str:
    """Manifests as people keep them: Kubernetes' objects alone, and never a Secret."""
    kept = [body(each) for each in documents if "kind" in each and each["kind"] != "Secret"]
    return yaml.safe_dump_all(kept, sort_keys=False)


def _state(document: Manifest, secret: Any) -> dict[str, Any]:
    said = document.get("pulumi", {})
    return {
        "urn": urn(document),
        "custom": True,
        "type": token(document),
        "inputs": encode(body(document), secret),
        "protect": said.get("protect", False),
        "retainOnDelete": said.get("retain_on_delete", False),
        "ignoreChanges": list(said.get("ignore_changes", ())),
    }
