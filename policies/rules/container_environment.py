"""Environment variables: settings, never credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.credentials import credential
from policies.limits import SECRETS_SOURCE
from policies.pods import WORKLOADS, variables
from policies.rule import About, Severity, rule
from policies.values import Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation

_SNIPPET: Final = """\
env:
  - name: MONGODB_URI
    valueFrom: {secretKeyRef: {name: db-secrets-<hash>, key: MONGODB_URI}}
"""


@rule(
    About(
        id="container-plaintext-secret",
        severity=Severity.CRITICAL,
        title="No credential stands in an environment variable's value",
        why="Everybody who may read the Deployment, its history or its events would read the credential",
        remedy="move the value into a Secret and refer to it by secretKeyRef, or mount it; then rotate it",
        snippet=_SNIPPET,
        source=SECRETS_SOURCE,
    ),
    kinds=WORKLOADS,
    each=variables,
)
def plaintext_secret(variable: Node) -> Iterator[Violation]:
    """Refuse what looks like a credential; a value that Pulumi marks as secret is one by definition."""
    at = variable.at("value")
    what = "a Pulumi secret" if at.value is not reveal(at.value) else ""
    if not what and isinstance(reveal(at.value), Unknown):
        what = credential(variable.text("name"), "not known yet")
    if what := what or credential(variable.text("name"), variable.text("value")):
        yield variable.must("value", be="come from a Secret by secretKeyRef", value=what)
