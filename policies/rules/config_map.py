"""ConfigMaps: immutable, named by their content, without credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.hashed import unhashed
from policies.credentials.values import credential
from policies.limits import DEPLOY_SOURCE, SECRETS_SOURCE
from policies.objects.values import Unknown, reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
kind: ConfigMap
metadata: {name: merchant-backend-config-<hash of the data>}
immutable: true
"""


@rule(
    About(
        id="config-map-immutable",
        severity=Severity.MEDIUM,
        title="Every ConfigMap is immutable and named by its content",
        why="A change in place reaches running pods at different times, and a rollback would not bring it back",
        remedy="set immutable to true and end the name with a hash of the data, so that a change rolls the pods",
        snippet=_SNIPPET,
        source=DEPLOY_SOURCE,
    ),
    kinds=("ConfigMap",),
)
def immutable(config_map: Node) -> Iterator[Violation]:
    """Ask for the flag and the name."""
    yield from unhashed(config_map)


@rule(
    About(
        id="config-map-plaintext-secret",
        severity=Severity.CRITICAL,
        title="No credential stands in a ConfigMap",
        why="ConfigMaps are readable to nearly everybody in the namespace and are kept in plain text",
        remedy="move the value into a Secret; then rotate it",
        snippet=_SNIPPET,
        source=SECRETS_SOURCE,
        exemptable=False,
    ),
    kinds=("ConfigMap",),
)
def plaintext_secret(config_map: Node) -> Iterator[Violation]:
    """Refuse values that look like credentials, binary ones by what base64 holds."""
    for field in ("data", "binaryData"):
        data = config_map.at(field)
        for key, raw in data.mapping().items():
            value = reveal(raw)
            what = "a Pulumi secret" if value is not raw else ""
            text = "not known yet" if isinstance(value, Unknown) else value if isinstance(value, str) else ""
            if what := what or credential(key, text):
                yield data.must(key, be="be in a Secret", value=what)
