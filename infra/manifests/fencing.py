"""The fencing token: what a deploy's writes show of its lock, and where the API server looks which one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.manifests import Manifest, names

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "rez-fencing"
TOKEN_PLACE: Final = ("v1", "ServiceAccount", NAME)
"""Where the API server looks for the token of the deploy that holds the Lease: an account that nobody uses.

It follows objects of this kind by itself, from its start to its end. Kinds that only a policy's parameter makes it
follow, such as Lease and ConfigMap, it follows no longer once that policy was deleted, until it is started anew
(Kubernetes 1.35, `policySource.ensureParamsForPolicyLocked`). An annotation of the Namespace would do as well, but
whoever writes that may also relax the namespace's Pod Security.
"""


def stamped(manifest: Manifest, stamp: str) -> Manifest:
    """The object, showing the fencing token of the deploy that writes it; "" for an object that shows none.

    The pods' template shows none, so that another token rolls nothing.
    """
    if not stamp:
        return manifest
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), names.STAMP: stamp}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def shown_stamp(metadata: Mapping[str, Any]) -> str:
    """The fencing token that an object's metadata show; "" for none."""
    shown: str = (metadata.get("annotations") or {}).get(names.STAMP, "")
    return shown


def token_shown_by(account: Manifest | None) -> int:
    """The token of whoever took the Lease last, as the API server knows it; 0 for none."""
    shown = shown_stamp((account or {}).get("metadata", {}))
    return int(shown) if shown.isdecimal() else 0


def token_holder(namespace: str, token: int) -> Manifest:
    """The account that shows the token, with no right to anything and no token of its own in any pod."""
    api_version, kind, name = TOKEN_PLACE
    labels = {"app.kubernetes.io/managed-by": "rez"}
    metadata = {"name": name, "namespace": namespace, "labels": labels, "annotations": {names.STAMP: str(token)}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "automountServiceAccountToken": False}
