"""The programs that the stack is measured against, written into throw-away projects."""

from __future__ import annotations

import json
import pprint
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_IMPORTS = "import pulumi\nimport pulumi_kubernetes as k8s\n\n"
_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - a public constant of Pulumi
"""The key by which Pulumi's state marks a secret value."""


class Literal(str):
    """Text that is printed as it is, not as a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def project(folder: Path, name: str, source: str, virtualenv: Path) -> Path:
    """Write a Pulumi project and return its folder."""
    root = folder / name
    root.mkdir()
    (root / "Pulumi.yaml").write_text(
        f"name: {name}\nruntime: {{name: python, options: {{virtualenv: {virtualenv}}}}}\n"
    )
    (root / "__main__.py").write_text(source)
    return root


def empty() -> str:
    """A program that declares nothing: the floor of every engine run."""
    return "import pulumi\n"


def config_maps(count: int) -> str:
    """A program of `count` equal resources: how a run grows."""
    return _IMPORTS + (
        f"for i in range({count}):\n"
        '    k8s.core.v1.ConfigMap(f"m{i}", metadata={"name": f"m{i}", "namespace": "default"}, data={"i": str(i)})\n'
    )


def flat(state: dict[str, Any]) -> str:
    """The stack's own resources in one flat file: no settings, no components, no policies.

    Args:
        state: The stack as `pulumi stack export --show-secrets` prints it.
    """
    resources = [r for r in state["deployment"]["resources"] if r["type"].startswith("kubernetes:")]
    return _IMPORTS + "\n".join(_constructor(r) for r in resources)


def _constructor(resource: dict[str, Any]) -> str:
    """One resource as a person would write it down: a typed constructor and its arguments."""
    _, module, kind = resource["type"].split(":")
    group, _, version = module.rpartition("/")
    package = group.split(".")[0] or "core"
    inputs = {k: _plain(v) for k, v in resource["inputs"].items() if k not in {"apiVersion", "kind", "__defaults"}}
    arguments = ",\n    ".join(f"{_snake(k)}={pprint.pformat(v, width=110)}" for k, v in inputs.items())
    return f'k8s.{package}.{version}.{kind}(\n    "{resource["urn"].rpartition("::")[2]}",\n    {arguments},\n)\n'


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if _SECRET in value:
            return Literal(f"pulumi.Output.secret({json.loads(value['plaintext'])!r})")
        return {k: _plain(v) for k, v in value.items() if k != "__defaults"}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
