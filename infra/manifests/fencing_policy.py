"""What makes the API server refuse the writes of a deploy whose lock somebody else has taken over."""

from __future__ import annotations

import json
from typing import Final

from infra.manifests import Manifest, names
from infra.manifests.fencing import NAME, TOKEN_PLACE
from infra.settings.model import NAMESPACE

_API_VERSION: Final = "admissionregistration.k8s.io/v1"
_TOKEN: Final = f"metadata.?annotations[?{json.dumps(names.STAMP)}]"
_RAISES: Final = "request.resource.resource == 'serviceaccounts'"
_CURRENT: Final = f"params.{_TOKEN}.orValue('')"


def fencing_policy() -> Manifest:
    """A write that brings a fencing token must bring that of the Lease; one that brings none is not judged.

    A token counts as brought when it is not the one that the object had before: people and a plain `pulumi up` keep it
    as it is, a deploy never writes the same one twice. What is only tried is not judged, so that a preview shows what
    an update would do to an object that lost its token; but for the try by which a deploy sees that it holds the lock.
    The token itself may only rise: a holder that was silent for long cannot bring its own back.
    """
    return {
        "apiVersion": _API_VERSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": names.metadata(NAME, None),
        "spec": {
            "failurePolicy": "Fail",
            "paramKind": {"apiVersion": TOKEN_PLACE[0], "kind": TOKEN_PLACE[1]},
            "matchConstraints": {
                "resourceRules": [
                    _written("apps", "deployments", "CREATE", "UPDATE"),
                    _written("batch", "jobs", "CREATE", "UPDATE"),
                    _written("", "configmaps", "CREATE", "UPDATE"),
                    _written("", "serviceaccounts", "UPDATE"),
                ]
            },
            "matchConditions": [
                {
                    "name": "brings-a-token",
                    "expression": f"object.{_TOKEN}.hasValue()"
                    f" && (oldObject == null || oldObject.{_TOKEN} != object.{_TOKEN})",
                },
                {
                    "name": "is-no-try-of-others",
                    "expression": f"!request.?dryRun.orValue(false) || object.metadata.name == '{NAME}'",
                },
            ],
            "validations": [_rises(), _is_the_holders()],
        },
    }


def _rises() -> Manifest:
    before, after = (f"{each}.{_TOKEN}.orValue('')" for each in ("oldObject", "object"))
    known = f"{before}.matches('^[0-9]+$')"
    return {
        "expression": f"!({_RAISES}) || !{known} || int({after}) > int({before})",
        "message": "the lock's fencing token only rises",
    }


def _is_the_holders() -> Manifest:
    return {
        "expression": f"{_RAISES} || object.{_TOKEN}.orValue('').startsWith({_CURRENT} + '.')",
        "message": "the deploy that writes this holds the lock no longer; `rez deploy` brings a token of its own",
        "messageExpression": f"'the deploy that writes this has token ' + object.{_TOKEN}.orValue('')"
        f" + ', but the lock is at ' + {_CURRENT} + '; `rez deploy` brings a token of its own'",
    }


def fencing_policy_binding() -> Manifest:
    """The policy is in force in the namespace as soon as somebody has deployed there.

    To deny until then would deny every write of the kinds, also of those that bring no token.
    """
    return {
        "apiVersion": _API_VERSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": names.metadata(NAME, None),
        "spec": {
            "policyName": NAME,
            "validationActions": ["Deny"],
            "paramRef": {"name": NAME, "namespace": NAMESPACE, "parameterNotFoundAction": "Allow"},
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}},
        },
    }


def _written(group: str, resource: str, *operations: str) -> Manifest:
    return {"apiGroups": [group], "apiVersions": ["v1"], "resources": [resource], "operations": list(operations)}
