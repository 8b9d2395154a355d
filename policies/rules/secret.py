"""Secrets: marked as secret, immutable, named by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.hashed import unhashed
from policies.credentials.assignments import sets_credential
from policies.credentials.entropy import decoded
from policies.credentials.harmless import is_reference
from policies.limits import SECRETS_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
# In the program: stringData={"JWT_SECRET": config.require_secret("JWT_SECRET")}
kind: Secret
stringData: {JWT_SECRET: <marked as secret by Pulumi>}
"""


def _entries(secret: Node) -> Iterator[Node]:
    """Pick what stands in the Secret in plain text."""
    for field in ("data", "stringData"):
        data = secret.at(field)
        if isinstance(data.value, dict):
            yield from (data.at(key) for key in data.value)


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


@rule(
    About(
        id="secret-plaintext",
        severity=Severity.CRITICAL,
        title="Every value of a Secret is marked as secret",
        why="A value without the mark is kept in plain text, in Pulumi's state or in the file's history in git",
        remedy="take the value from encrypted config with require_secret, or from a manager of secrets; then rotate it",
        snippet=_SNIPPET,
        source=f"{SECRETS_SOURCE}; Pulumi documentation: Secrets",
        exemptable=False,
    ),
    kinds=("Secret",),
    each=_entries,
)
def plaintext(entry: Node) -> Iterator[Violation]:
    """Refuse plain text; an output that is not known yet may get its mark together with its value."""
    text = entry.value.strip() if isinstance(entry.value, str) else ""
    reference = any(is_reference(each) and not sets_credential(each) for each in (text, decoded(text)))
    if text and not reference:
        yield entry.must(be="be marked as secret", value="plain text")
