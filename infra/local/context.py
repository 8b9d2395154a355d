"""An existing cluster in place of our own: its context becomes the local kubeconfig."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from infra.errors import PreconditionError
from infra.local import paths

_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


def _absolute(entry: dict[str, object], folder: Path) -> dict[str, object]:
    """File names in a kubeconfig are relative to its own folder; ours is another one."""
    return {k: str(folder / str(v)) if k in _PATHS else v for k, v in entry.items()}


def use(name: str) -> None:
    """Write the kubeconfig of stack `local`: this one context, nothing else of the person's file.

    Raises:
        PreconditionError: There is no such context.
    """
    source = Path(os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config")
    config = yaml.safe_load(source.read_text()) if source.exists() else {}
    contexts = {c["name"]: c["context"] for c in config.get("contexts") or []}
    if name not in contexts:
        known = ", ".join(sorted(contexts)) or "none"
        raise PreconditionError(f"--context {name}: not in {source} (known: {known})")
    chosen = contexts[name]
    folder = source.parent.resolve()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": chosen}],
        "clusters": [
            c | {"cluster": _absolute(c["cluster"], folder)}
            for c in config["clusters"]
            if c["name"] == chosen["cluster"]
        ],
        "users": [u | {"user": _absolute(u["user"], folder)} for u in config["users"] if u["name"] == chosen["user"]],
    }
    paths.run().mkdir(parents=True, exist_ok=True, mode=0o700)
    paths.kubeconfig().touch(mode=0o600)
    paths.kubeconfig().write_text(yaml.safe_dump(document))
