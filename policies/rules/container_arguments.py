"""Commands and arguments: never a credential, since every process list shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import HOOKS, WORKLOADS, containers
from policies.credentials.assignments import sets_credential
from policies.credentials.command_lines import items_with_credentials
from policies.credentials.formats import known_format
from policies.limits import SECRETS_SOURCE
from policies.objects.values import Unknown, reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
command: [redis-server]
args: [/config/redis.conf, --aclfile, /users/users.acl]
"""
_COMMANDS: Final = ((), *((*hook, "exec") for hook in HOOKS))


def _commands(workload: Node) -> Iterator[Node]:
    for container in containers(workload):
        yield from (holder for keys in _COMMANDS if (holder := container.at(*keys)).value is not None)


@rule(
    About(
        id="container-secret-argument",
        severity=Severity.CRITICAL,
        title="No credential stands in a command or an argument",
        why="Arguments are shown by ps, by kubectl describe, in logs and in the object's history",
        remedy="mount the credential as a file and name the file, or refer to a variable as $(NAME); then rotate it",
        snippet=_SNIPPET,
        source=f"{SECRETS_SOURCE}; Redis documentation: Security",
        exemptable=False,
    ),
    kinds=WORKLOADS,
    each=_commands,
)
def secret_argument(holder: Node) -> Iterator[Violation]:
    """Refuse credentials by their form, by the option before them, and by the name they are set to."""
    items = [*holder.each("command"), *holder.each("args")]
    values = [reveal(item.value) for item in items]
    texts = [value if isinstance(value, str) else "" for value in values]
    given_away = items_with_credentials(texts)
    for place, (item, text) in enumerate(zip(items, texts, strict=True)):
        if what := _secret(item) or _written(text) or ("a credential" if place in given_away else ""):
            yield item.must(be="be a file's path or a reference to a variable", value=what)
    for item in items:
        if isinstance(item.value, Unknown):
            item.get()


def _secret(item: Node) -> str:
    return "a Pulumi secret" if item.value is not reveal(item.value) else ""


def _written(text: str) -> str:
    return known_format(text) or ("a text that sets a credential" if sets_credential(text) else "")
