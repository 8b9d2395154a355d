"""Connections to the databases: nobody on the way reads along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, containers, environment
from policies.credentials.entropy import decoded
from policies.databases.connections import plain_connection
from policies.objects.values import Unknown, reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
data:
  REDIS_URL: rediss://redis.production.svc:6379
  MONGODB_URI: mongodb+srv://merchant.example.mongodb.net/rez
"""
_HOLDERS: Final = {"ConfigMap": ("data",), "Secret": ("stringData", "data")}
_UNVERIFIED: Final = "NODE_TLS_REJECT_UNAUTHORIZED"
_DATABASE: Final = re.compile(r"(redis|mongo|database|db|cache).*(uri|url|dsn|connection[_-]?string)$", re.IGNORECASE)


def _settings(holder: Node) -> Iterator[Node]:
    """Pick variables, the items of command lines, and entries of ConfigMaps and Secrets."""
    fields = _HOLDERS.get(holder.text("kind"))
    for field in fields or ():
        data = holder.at(field)
        if isinstance(entries := reveal(data.value), dict):
            yield from (data.at(key) for key in entries)
    for container in () if fields else containers(holder):
        yield from environment(container)
        for field in ("command", "args"):
            yield from container.each(field)


@rule(
    About(
        id="connection-tls",
        severity=Severity.HIGH,
        title="MongoDB and Redis are reached over TLS",
        why="Sessions, orders and the password itself would cross the network in plain text",
        remedy="write rediss:// for redis://, mongodb+srv:// or tls=true for mongodb://, and trust the CA by its file",
        snippet=_SNIPPET,
        source="runbook, External Dependencies: MongoDB Atlas, Redis; MongoDB and Redis documentation: TLS",
    ),
    kinds=(*WORKLOADS, *_HOLDERS),
    each=_settings,
    production_only=True,
)
def tls(setting: Node) -> Iterator[Violation]:
    """Refuse plain connection strings, which are not shown: they may hold a password."""
    in_variable = isinstance(reveal(setting.value), dict)
    at = setting.at("value") if in_variable else setting
    value = reveal(at.value)
    if isinstance(value, str):
        in_base64 = setting.root.text("kind") == "Secret" and setting.steps[0] == "data"
        if value.strip() == "0" and _named(setting, in_variable=in_variable) == _UNVERIFIED:
            yield at.must(be="be left out: nobody's certificate would be verified")
        if plain := plain_connection(decoded(value) if in_base64 else value):
            yield at.must(be="use TLS", value=f"a {plain} URI without verified TLS")
    elif isinstance(value, Unknown) and _matters(setting, _named(setting, in_variable=in_variable)):
        at.get()


def _named(setting: Node, *, in_variable: bool) -> str:
    return setting.text("name") if in_variable else str(setting.steps[-1])


def _matters(setting: Node, name: str) -> bool:
    """Tell whether a value that is not known yet is a connection; Secrets get theirs from resources not made yet."""
    return setting.root.text("kind") != "Secret" and _DATABASE.search(name) is not None
