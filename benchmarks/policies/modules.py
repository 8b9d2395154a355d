"""Other people's manifests: those of the Go modules that this project pins, as Go keeps them after a build."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.policies.peers import GO
from infra.local.toolchain import compiler
from infra.local.toolchain.tools import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENDINGS = {".yaml", ".yml"}
_PINNED = re.compile(r"(\S+\.\S+) (v\d\S+)")


@dataclass(frozen=True)
class Manifest:
    """A file that holds Kubernetes objects and nothing else.

    Attributes:
        name: The module, its version, and the path in it.
        content: The file.
        objects: What is in it.
    """

    name: Path
    content: bytes
    objects: list[dict[str, Any]]


def manifests(say: Callable[[str], None]) -> Iterator[Manifest]:
    """Find the manifests of all pinned modules that are in Go's module cache.

    Args:
        say: Takes one line of progress.

    Yields:
        Every file, hidden folders aside; nothing if nothing was built here.
    """
    go = compiler.find(say)
    asked = subprocess.run(
        [go.path, "env", "GOMODCACHE"], env=go.environment(), check=True, capture_output=True, text=True
    )
    cache = Path(asked.stdout.strip())
    for module in sorted(set(_pinned())):
        for file in sorted((cache / module).rglob("*")):
            name = file.relative_to(cache)
            if file.suffix in _ENDINGS and file.is_file() and not any(part.startswith(".") for part in name.parts):
                content = file.read_bytes()
                if objects := _objects(content):
                    yield Manifest(name, content, objects)


def _pinned() -> Iterator[str]:
    """Modules as the cache spells them: `github.com/!azure/sdk@v1.0.0` for `github.com/Azure/sdk v1.0.0`."""
    for file in (*MODULES.glob("*/go.mod"), *GO.glob("*/go.mod")):
        for module, version in _PINNED.findall(file.read_text(encoding="utf-8")):
            yield re.sub("[A-Z]", lambda letter: f"!{letter[0].lower()}", f"{module}@{version}")


def _objects(content: bytes) -> list[dict[str, Any]]:
    """The objects of a file; none if a part of it is something else, a template, or made to be refused."""
    if b"apiVersion" not in content:
        return []
    try:
        documents = [each for each in yaml.load_all(content, Loader=yaml.CSafeLoader) if each is not None]
    except (yaml.YAMLError, ValueError):
        return []
    pure = all(isinstance(each, dict) and {"apiVersion", "kind"} <= each.keys() for each in documents)
    return documents if pure else []
