"""The programs that the stack is measured against, written into throw-away projects."""

from __future__ import annotations

import json
import pprint
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from infra.engine import Engine

_IMPORTS = "import pulumi\nimport pulumi_kubernetes as k8s\n\n"


def _project(folder: Path, name: str, source: str, python: Path) -> Path:
    root = folder / name
    root.mkdir()
    options = f"{{virtualenv: {python.parent.parent}}}"
    (root / "Pulumi.yaml").write_text(f"name: {name}\nruntime: {{name: python, options: {options}}}\n")
    (root / "__main__.py").write_text(source)
    return root


def empty(folder: Path, python: Path) -> Path:
    """A program that declares nothing: the floor of every engine run."""
    return _project(folder, "empty", "import pulumi\n", python)


def config_maps(folder: Path, python: Path, count: int) -> Path:
    """A program of `count` equal resources: how a run grows."""
    body = (
        f"for i in range({count}):\n"
        '    k8s.core.v1.ConfigMap(f"m{i}", metadata={"name": f"m{i}", "namespace": "default"}, data={"i": str(i)})\n'
    )
    return _project(folder, f"maps{count}", _IMPORTS + body, python)


def _literal(resource: dict[str, Any]) -> str:
    """One resource as a person would write it down: a constructor and its arguments."""
    _, module, kind = resource["type"].split(":")
    group, _, version = module.rpartition("/")
    package = (group.split(".")[0] or "core").replace("-", "_")
    inputs = {k: v for k, v in resource["inputs"].items() if k not in ("apiVersion", "kind")}
    inputs["metadata"]["namespace" if "namespace" in inputs["metadata"] else "name"] += "-flat"
    if kind == "Namespace":
        inputs["metadata"].setdefault("labels", {})
    arguments = ", ".join(f"{_snake(k)}={pprint.pformat(v, width=110)}" for k, v in inputs.items())
    name = resource["urn"].rpartition("::")[2]
    return f'k8s.{package}.{version}.{kind}("{name}", {arguments})\n'


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def flat(folder: Path, python: Path, engine: Engine) -> Path:
    """The stack's own resources in one flat file: no settings, no components, no policies."""
    state = json.loads(engine.capture(["stack", "export", "--show-secrets", "--stack", engine.stack]))
    resources = [r for r in state["deployment"]["resources"] if r["type"].startswith("kubernetes:")]
    return _project(folder, "flat", _IMPORTS + "\n".join(_literal(r) for r in resources), python)
