"""A role for GitHub's jobs: who may take it, and what it may do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.aws.client import code_of, explained
from infra.operations.bootstrap.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.operations.bootstrap.documents import Document

_POLICY: Final = "rez-infra"
"""The role's policy that is ours."""


@dataclass(frozen=True)
class Role:
    """The role that is there.

    Attributes:
        trust: Who may take it.
        policy: Our policy, None without it.
        others: Names of policies that are not ours.
    """

    trust: Document
    policy: Document | None
    others: tuple[str, ...]


def read(client: Callable[[str], Any], name: str) -> Role | None:
    """The role, None if there is none."""
    from botocore.exceptions import ClientError

    iam = client("iam")
    with explained(f"role {name}"):
        try:
            trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        except ClientError as error:
            if code_of(error) == "NoSuchEntity":
                return None
            raise
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = [item["PolicyName"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
        ours = _POLICY in inline
        policy = iam.get_role_policy(RoleName=name, PolicyName=_POLICY)["PolicyDocument"] if ours else None
    return Role(trust, policy, tuple(other for other in [*inline, *attached] if other != _POLICY))


def plan(role: Role | None, name: str, *, about: str, trust: Document, policy: Document) -> Iterator[Step]:
    """What makes the role what it shall be.

    Args:
        role: What is there.
        name: Its name.
        about: What it is for.
        trust: Who shall be able to take it.
        policy: What it shall be allowed.
    """
    what, named = f"role {name}", {"RoleName": name}
    if role is None:
        params = named | {"AssumeRolePolicyDocument": json.dumps(trust), "Description": about}
        yield Step(what, f"create for {_who(trust)}", "iam", "create_role", params)
    elif role.trust != trust:
        params = named | {"PolicyDocument": json.dumps(trust)}
        says = f"may be taken by {_who(role.trust)} -> {_who(trust)}"
        yield Step(what, says, "iam", "update_assume_role_policy", params)
    if role is None or role.policy != policy:
        before = _what(role.policy) if role and role.policy else "nothing"
        params = named | {"PolicyName": _POLICY, "PolicyDocument": json.dumps(policy)}
        yield Step(what, f"may do {before} -> {_what(policy)}", "iam", "put_role_policy", params)


def notes(role: Role | None, name: str) -> Iterator[str]:
    """What else the role may do, which is left as it is."""
    if role and role.others:
        yield f"role {name}: has more policies than ours, left as they are: {', '.join(role.others)}"


def _who(trust: Document) -> str:
    """The subjects of a trust policy, or that it is something else."""
    found = []
    for statement in trust.get("Statement", []):
        claims = [claim for test in statement.get("Condition", {}).values() for claim in test.items()]
        found += [str(value) for name, value in claims if name.endswith(":sub")]
    return " and ".join(found) or "others"


def _what(policy: Document) -> str:
    """The actions of a policy."""
    actions = [statement.get("Action", "other things") for statement in policy.get("Statement", [])]
    flat = [name for each in actions for name in ([each] if isinstance(each, str) else each)]
    return ", ".join(flat) or "nothing"
