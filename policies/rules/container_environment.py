"""Environment variables: settings, each once, never credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, containers, environment, variables
from policies.credentials.values import credential
from policies.limits import SECRETS_SOURCE
from policies.objects.node import shown
from policies.objects.values import Unknown, reveal
from policies.rule import About, Enforcement, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
volumes:
  - {name: secrets, projected: {sources: [{secret: {name: db-secrets-<hash>}}]}}
containers:
  - name: api
    volumeMounts: [{name: secrets, mountPath: /var/run/rez/secrets, readOnly: true}]
"""


@rule(
    About(
        id="container-plaintext-secret",
        severity=Severity.CRITICAL,
        title="No credential stands in an environment variable's value",
        why="Everybody who may read the Deployment, its history or its events would read the credential",
        remedy="move the value into a Secret and mount it, or refer to it by secretKeyRef; then rotate it",
        snippet=_SNIPPET,
        source=SECRETS_SOURCE,
        exemptable=False,
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
        yield variable.must("value", be="come from a Secret", value=what)


def _sources(workload: Node) -> Iterator[Node]:
    for container in containers(workload):
        yield from (variable.at("valueFrom", "secretKeyRef") for variable in environment(container))
        yield from (source.at("secretRef") for source in container.each("envFrom"))


@rule(
    About(
        id="container-secret-variable",
        severity=Severity.MEDIUM,
        title="Credentials are mounted as files rather than set as environment variables",
        why="Variables are inherited by every child process and end up in crash reports and logs",
        remedy="mount the Secret as a volume and let the program read the file",
        snippet=_SNIPPET,
        source=f"{SECRETS_SOURCE}; CIS Kubernetes Benchmark 5.4.1",
    ),
    kinds=WORKLOADS,
    each=_sources,
    enforcement=Enforcement.ADVISORY,
)
def secret_variable(source: Node) -> Iterator[Violation]:
    """Advise against references to a Secret from the environment."""
    if source.get() is not None:
        yield source.must(be="be a mounted file", value="a reference to a Secret")


@rule(
    About(
        id="container-duplicate-variable",
        severity=Severity.MEDIUM,
        title="No environment variable is set twice in a container",
        why="The last one wins without a word, so that whoever changes the other one changes nothing",
        remedy="remove all but one of them",
        snippet="env:\n  - {name: NODE_ENV, value: production}\n",
        source="runbook, Common Operations 5: Update Environment Variables; Kubernetes API: EnvVar",
    ),
    kinds=WORKLOADS,
    each=containers,
)
def duplicate_variable(container: Node) -> Iterator[Violation]:
    """Refuse the second of two variables with one name; a variable over one of envFrom is meant to be."""
    variables = environment(container)
    seen: set[str] = set()
    for variable in variables:
        name = reveal(variable.at("name").value)
        if not isinstance(name, str):
            continue
        if name in seen:
            yield variable.must("name", be="be set once", value=f"{shown(variable.at('name').value)} again")
        seen.add(name)
    for variable in variables:
        variable.text("name")
