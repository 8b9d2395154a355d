"""The rules that the API server enforces itself, against everybody who writes in the namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from infra.components.kubernetes_object import KubernetesObject
from infra.manifests import Manifest, names
from infra.manifests.fencing_policy import fencing_policy, fencing_policy_binding
from policies.admission import manifests

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Admission(pulumi.ComponentResource):
    """Each policy, the fence around deploys, and the binding that puts each in force.

    Args:
        name: The component's name.
        platform: What comes first: the namespace that they are about.
        exempt: Objects for which a rule is to warn instead of deny, by the rule's id; "" for every object.
    """

    def __init__(self, name: str, *, platform: pulumi.Resource, exempt: Mapping[str, Collection[str]]) -> None:
        super().__init__("rez:admission:Admission", name)
        own = pulumi.ResourceOptions(parent=self, depends_on=[platform])
        for manifest in (*map(_labelled, manifests(exempt)), fencing_policy(), fencing_policy_binding()):
            KubernetesObject(manifest, own)
        self.register_outputs({})


def _labelled(manifest: Manifest) -> Manifest:
    return {**manifest, "metadata": names.metadata(manifest["metadata"]["name"], None)}
