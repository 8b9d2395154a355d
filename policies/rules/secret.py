"""Secrets: immutable, named by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.hashed import unhashed
from policies.limits import SECRETS_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation


@rule(
    About(
        id="secret-immutable",
        severity=Severity.MEDIUM,
        title="Every Secret of the program is immutable and named by its content",
        why="A rotated credential changed in place never reaches running pods, and nobody sees which pod uses which",
        remedy="set immutable to true and end the name with a hash of the data, so that a rotation rolls the pods",
        snippet="kind: Secret\nmetadata: {name: db-secrets-<hash of the data>}\nimmutable: true\n",
        source=SECRETS_SOURCE,
    ),
    kinds=("Secret",),
)
def immutable(secret: Node) -> Iterator[Violation]:
    """Ask for the flag and the name; Secrets that Kubernetes or a controller fills in are theirs."""
    if secret.get("type") in (None, "Opaque"):
        yield from unhashed(secret)
