"""What is wrong with a ReplicaSet: the API server refuses its pods, by quota or by admission."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra import quantities
from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import condition, name, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

QUOTA_FULL_S = 60.0
REFUSED_S = 1.0
"""The controller tries again after 5 ms, 10 ms, 20 ms, …: seven refusals in a row by then."""

ACCOUNT_MISSING_S = 15.0
FLAKY_S = 120.0
_AMOUNTS = re.compile(r"requested: (?P<requested>[^:]+), used: (?P<used>[^:]+), limited: (?P<limited>[^:]+)$")
_FLAKY = re.compile(r"failed calling webhook|timed? ?out|deadline exceeded|connection refused", re.IGNORECASE)
_ACCOUNT = re.compile(r"error looking up service account", re.IGNORECASE)


def findings(replica_set: Manifest, *, leaving: int) -> Iterator[Finding]:
    """Yield what keeps a ReplicaSet from creating its pods.

    Args:
        replica_set: The newest ReplicaSet.
        leaving: How many pods are on their way out and will free their quota.
    """
    failure = condition(replica_set, "ReplicaFailure")
    if text(failure, "status") == "True":
        said = text(failure, "message")
        about = Evidence(f"ReplicaSet/{name(replica_set)}", "condition ReplicaFailure", line(said))
        yield refusal(replica_set, said, about, leaving=leaving)


def refusal(maker: Manifest, said: str, evidence: Evidence, *, leaving: int) -> Finding:
    """What it means that the API server refuses a controller's pods.

    Args:
        maker: The controller's object.
        said: The API server's words.
        evidence: Where they were read.
        leaving: As in `findings`.
    """
    reason, confidence, patience_s = _judge(said, leaving)
    return Finding(
        key=f"{uid(maker)}/{reason}/{bool(leaving)}",
        reason=reason,
        message=f"pods cannot be created: {line(said)}",
        evidence=evidence,
        confidence=confidence,
        patience_s=patience_s,
    )


def _judge(said: str, leaving: int) -> tuple[str, Confidence, float]:
    if "exceeded quota" in said:
        if beyond_quota(said):
            return "quota-too-small", Confidence.TERMINAL, 0.0
        return "quota-full", Confidence.THROTTLED, FLAKY_S if leaving else QUOTA_FULL_S
    if _FLAKY.search(said):
        return "admission-unavailable", Confidence.TRANSIENT, FLAKY_S
    if _ACCOUNT.search(said):
        return "service-account-missing", Confidence.REPEATED, ACCOUNT_MISSING_S
    return "pods-refused", Confidence.REPEATED, REFUSED_S


def beyond_quota(said: str) -> bool:
    """Whether one pod asks for more than the whole quota, so that waiting cannot help."""
    amounts = _AMOUNTS.search(said.strip())
    if amounts is None:
        return False
    requested, limited = _amounts(amounts["requested"]), _amounts(amounts["limited"])
    return any(requested[resource] > limited.get(resource, requested[resource]) for resource in requested)


def _amounts(listed: str) -> dict[str, float]:
    found = {}
    for entry in listed.split(","):
        resource, _, amount = entry.partition("=")
        try:
            found[resource.strip()] = _amount(resource, amount.strip())
        except ValueError:
            continue
    return found


def _amount(resource: str, amount: str) -> float:
    if resource.strip().endswith("cpu"):
        return quantities.millicores(amount)
    if resource.strip().endswith("memory"):
        return quantities.mib(amount)
    return float(amount)
