"""A project that the real engine previews without any cluster: the golden stack of the tests, again and again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from infra.local import paths, plugins, toolchain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STACK: Final = "production"
_GOLDEN: Final = paths.ROOT / "tests" / "policies" / "fixtures" / "golden.yaml"
_NAMESPACE: Final = re.compile(r"\b(name|namespace): production\b")
_PROGRAM: Final = f"""\
import json
import pulumi

for index, each in enumerate(json.load(open("objects.json"))):
    options = pulumi.ResourceOptions(version="{version("pulumi-kubernetes")}", **each.pop("pulumi", {{}}))
    if each["kind"] == "Secret":
        each["stringData"] = pulumi.Output.secret(each["stringData"])
    group = each["apiVersion"] if "/" in each["apiVersion"] else "core/v1"
    name = f"{{each['metadata']['name']}}-{{index}}"
    pulumi.CustomResource(f"kubernetes:{{group}}:{{each['kind']}}", name, each, options)
"""


class _Loader(yaml.CSafeLoader):
    """YAML with `!unknown` and `!secret` values, which stand in Secrets alone: the program marks those as a whole."""


def _plain(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


for _tag in ("!unknown", "!secret"):
    _Loader.add_constructor(_tag, _plain)


def environment(folder: Path, say: Callable[[str], None]) -> dict[str, str]:
    """The engine's environment: a home and a state of its own, the offline plugins, no cluster.

    Args:
        folder: Where its home and state are kept.
        say: Takes one line of progress.
    """
    pulumi = toolchain.ensure(["pulumi"], say)["pulumi"]
    plugins.install(pulumi, folder / "home", Path(sys.executable))
    (folder / "state").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    return kept | {
        "PATH": os.pathsep.join([str(pulumi.resolve().parent), os.environ["PATH"]]),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "KUBECONFIG": str(folder / "no-cluster"),
    }


def write(folder: Path, resources: int, env: dict[str, str]) -> Path:
    """Write a project of so many resources, with its stack; return its folder."""
    root = folder / f"{resources}"
    root.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (root / "Pulumi.yaml").write_text(json.dumps({"name": f"golden{resources}", "runtime": runtime}))
    (root / "__main__.py").write_text(_PROGRAM)
    (root / "objects.json").write_text(json.dumps(list(_objects(resources))))
    command = ["pulumi", "stack", "init", STACK, "--non-interactive"]
    subprocess.run(command, cwd=root, env=env, check=True, capture_output=True)
    return root


def _objects(number: int) -> Iterator[dict[str, Any]]:
    """Whole golden stacks, each in a Namespace of its own, filled up with ConfigMaps: no rule finds anything there."""
    text = _GOLDEN.read_text(encoding="utf-8")
    golden = _stack(text)
    yield from golden
    closed = text.replace("type: LoadBalancer", "type: ClusterIP")  # one door to the outside is all that is allowed
    for copy in range(1, number // len(golden)):
        yield from _stack(_NAMESPACE.sub(rf"\1: production-{copy}", closed))
    spare = next(each for each in golden if each["kind"] == "ConfigMap")
    for copy in range(number % len(golden)):
        yield spare | {"metadata": spare["metadata"] | {"name": f"spare-{copy:010d}"}}


def _stack(text: str) -> list[dict[str, Any]]:
    return [each for each in yaml.load_all(text, _Loader) if "kind" in each]
