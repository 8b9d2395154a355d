"""What makes the API server refuse the writes of a deploy whose lock somebody else has taken over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.manifests import Manifest, names
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "rez-fencing"
_API_VERSION: Final = "admissionregistration.k8s.io/v1"
_TOKEN: Final = f"metadata.?annotations[?{json.dumps(names.STAMP)}]"
_CURRENT: Final = "string(params.spec.?leaseTransitions.orValue(0)) + '.'"


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


def fencing_policy() -> Manifest:
    """A write that brings a fencing token must bring that of the Lease; one that brings none is not judged.

    An API server of version 1.35 stops following Leases when the policy is deleted, for good: one declared again judges
    by the Lease of then, until that server is started anew.

    A token counts as brought when it is not the one that the object had before: people and a plain `pulumi up` keep it
    as it is, a deploy never writes the same one twice.
    """
    return {
        "apiVersion": _API_VERSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": names.metadata(NAME, None),
        "spec": {
            "failurePolicy": "Fail",
            "paramKind": {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"},
            "matchConstraints": {
                "resourceRules": [
                    _created_or_updated("apps", "deployments"),
                    _created_or_updated("batch", "jobs"),
                    _created_or_updated("", "configmaps"),
                ]
            },
            "matchConditions": [
                {
                    "name": "brings-a-token",
                    "expression": f"object.{_TOKEN}.hasValue()"
                    f" && (oldObject == null || oldObject.{_TOKEN} != object.{_TOKEN})",
                }
            ],
            "validations": [
                {
                    "expression": f"object.{_TOKEN}.orValue('').startsWith({_CURRENT})",
                    "message": "the deploy that writes this holds the lock no longer",
                    "messageExpression": f"'the deploy that writes this has token ' + object.{_TOKEN}.orValue('')"
                    f" + ', but the lock is at ' + {_CURRENT} + ' held by '"
                    " + params.spec.?holderIdentity.orValue('nobody')",
                }
            ],
        },
    }


def fencing_policy_binding() -> Manifest:
    """The policy is in force in the namespace as soon as somebody has deployed there."""
    return {
        "apiVersion": _API_VERSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": names.metadata(NAME, None),
        "spec": {
            "policyName": NAME,
            "validationActions": ["Deny"],
            "paramRef": {"name": names.DEPLOY_LEASE, "namespace": NAMESPACE, "parameterNotFoundAction": "Allow"},
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}},
        },
    }


def _created_or_updated(group: str, resource: str) -> Manifest:
    return {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "resources": [resource],
        "operations": ["CREATE", "UPDATE"],
    }
