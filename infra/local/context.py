"""An existing cluster in place of our own: its context becomes the local kubeconfig."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from infra.errors import PreconditionError
from infra.local import paths

_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
Entry = dict[str, Any]


def current() -> str | None:
    """The context that stack `local` uses in place of a cluster of our own; None if it uses none."""
    if (paths.run() / "machine.json").exists() or not paths.kubeconfig().exists():
        return None
    return str(yaml.safe_load(paths.kubeconfig().read_text())["current-context"])


def use(name: str) -> None:
    """Write the kubeconfig of stack `local`: this one context, nothing else of the person's file.

    Raises:
        PreconditionError: There is no such context, or stack `local` runs elsewhere.
    """
    if (paths.run() / "machine.json").exists():
        raise PreconditionError(f"{paths.run()} holds a local cluster: `rez local down` first")
    if (other := current()) not in {None, name}:
        raise PreconditionError(f"stack local is on context {other}: `rez local down` first")
    document = yaml.safe_dump(_alone(name))
    paths.run().mkdir(parents=True, exist_ok=True, mode=0o700)
    paths.kubeconfig().touch(mode=0o600)
    paths.kubeconfig().write_text(document)


def _alone(name: str) -> Entry:
    """The kubeconfig that holds one context of the person's kubeconfigs."""
    given = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    sources = [Path(part) for part in given.split(os.pathsep) if part]
    contexts, clusters, users = (_entries(sources, kind) for kind in ("context", "cluster", "user"))
    if name not in contexts:
        known = ", ".join(sorted(contexts)) or "none"
        raise PreconditionError(f"--context {name}: not in {given} (known: {known})")
    chosen = contexts[name]
    for kind, found in (("cluster", clusters), ("user", users)):
        if chosen.get(kind) not in found:
            raise PreconditionError(f"--context {name}: its {kind} {chosen.get(kind)} is not in {given}")
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": chosen}],
        "clusters": [{"name": chosen["cluster"], "cluster": clusters[chosen["cluster"]]}],
        "users": [{"name": chosen["user"], "user": users[chosen["user"]]}],
    }


def _entries(sources: list[Path], kind: str) -> dict[str, Entry]:
    """The entries of a kind by name; of several files the first that has a name counts, as for kubectl."""
    found: dict[str, Entry] = {}
    for source in sources:
        folder = source.parent.resolve()
        for entry in _read(source).get(f"{kind}s") or []:
            found.setdefault(entry["name"], _absolute(entry.get(kind) or {}, folder))
    return found


def _read(source: Path) -> Entry:
    try:
        content = yaml.safe_load(source.read_text()) if source.exists() else {}
    except (OSError, yaml.YAMLError) as error:
        line = str(error).partition("\n")[0]
        raise PreconditionError(f"{source}: not a readable kubeconfig: {line}") from error
    return content if isinstance(content, dict) else {}


def _absolute(entry: Entry, folder: Path) -> Entry:
    """File names in a kubeconfig are relative to its own folder; ours is another one."""
    placed = {k: str(folder / str(v)) if k in _FILES and v else v for k, v in entry.items()}
    program = (entry.get("exec") or {}).get("command") or ""
    if os.sep in program:  # a bare name is looked for on PATH
        placed["exec"] = entry["exec"] | {"command": str(folder / program)}
    return placed
