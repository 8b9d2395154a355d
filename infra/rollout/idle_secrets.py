"""Which Secrets of old releases no pod reads any more: the engine retains them, since old pods still read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests import names
from infra.manifests.secret import GROUPS
from infra.rollout import mounted
from infra.rollout.live import number, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.manifests import Manifest


def idle(makers: Iterable[Manifest]) -> list[str]:
    """The names of those that only ReplicaSets without pods name, but for the newest of these.

    Secrets may not be listed, so that they are known by who names them: each is until ten releases later. No rollback
    needs them, which brings today's; the newest are kept for a `kubectl rollout undo` where nothing else works.

    Args:
        makers: Deployments, ReplicaSets and Jobs of the namespace.
    """
    every = list(makers)
    asleep = sorted((each for each in every if _is_asleep(each)), key=_revision)
    older = asleep[:-1]
    kept = {secret for each in every if each not in older for secret in mounted.secrets(each)}
    found = dict.fromkeys(secret for each in older for secret in mounted.secrets(each))
    return [secret for secret in found if secret not in kept and names.hashed_base(secret) in GROUPS]


def _is_asleep(maker: Manifest) -> bool:
    is_set = any(text(owner, "kind") == "Deployment" for owner in objects(maker, "metadata", "ownerReferences"))
    return is_set and not number(maker, "spec", "replicas") and not number(maker, "status", "replicas")


def _revision(replica_set: Manifest) -> int:
    shown = text(replica_set, "metadata", "annotations", "deployment.kubernetes.io/revision")
    return int(shown) if shown.isdecimal() else 0
