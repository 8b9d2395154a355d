"""The namespace that holds the whole service."""

from __future__ import annotations

from infra.manifests import Manifest, names

_STANDARD = "restricted"


def namespace(name: str) -> Manifest:
    """A namespace in which Pod Security ``restricted`` is enforced."""
    security = {f"pod-security.kubernetes.io/{mode}": _STANDARD for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": names.metadata(name, None, labels=security)}
