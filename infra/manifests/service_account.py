"""Identities in the cluster."""

from __future__ import annotations

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE


def service_account(name: str) -> Manifest:
    """An account whose token no pod gets by default."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": names.metadata(name, NAMESPACE),
        "automountServiceAccountToken": False,
    }
