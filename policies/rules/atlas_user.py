"""Atlas database users: few rights, and passwords that nobody can read in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.atlas import DATABASE_USER
from policies.limits import ACCESS_SOURCE, SECRETS_SOURCE
from policies.objects.values import Secret
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = (DATABASE_USER,)
_EVERYWHERE: Final = "AnyDatabase"
_POWERFUL: Final = frozenset({"atlasAdmin", "root", "__system", "clusterAdmin", "clusterManager", "hostManager"})
_POWERFUL_IN_ADMIN: Final = frozenset({"dbOwner", "userAdmin"})


def _roles(user: Node) -> Iterator[Node]:
    yield from user.each("roles")


@rule(
    About(
        id="atlas-user-roles",
        severity=Severity.HIGH,
        title="No database user has rights on every database or over the cluster",
        why="A leak of the API's password is then a leak of everything, and can drop everything",
        remedy="grant readWrite on the one database that the user works with",
        snippet="roles: [{roleName: readWrite, databaseName: rez}]\n",
        source=f"{ACCESS_SOURCE}; MongoDB documentation: Built-In Roles; Atlas: Built-In Roles and Privileges",
    ),
    kinds=_KINDS,
    each=_roles,
)
def roles(role: Node) -> Iterator[Violation]:
    """Refuse superuser roles, and those that reach beyond one database."""
    name = role.text("roleName")
    if (
        name.endswith(_EVERYWHERE)
        or name in _POWERFUL
        or (name in _POWERFUL_IN_ADMIN and role.text("databaseName") == "admin")
    ):
        yield role.must("roleName", be="be a role on one database, as readWrite")


def _passwords(user: Node) -> Iterator[Node]:
    for field in ("password", "passwordWo"):
        if (part := user.at(field)).value is not None:
            yield part


@rule(
    About(
        id="atlas-user-password",
        severity=Severity.CRITICAL,
        title="A database user's password is a Pulumi secret",
        why="Otherwise it stands in plain text in the state, in the preview and in the log of every run",
        remedy="make the password a Pulumi secret (pulumi.Output.secret, or secret config), then rotate it",
        snippet="password:\n  fn::secret: ${databasePassword}\n",
        source=SECRETS_SOURCE,
        exemptable=False,
    ),
    kinds=_KINDS,
    each=_passwords,
)
def password(part: Node) -> Iterator[Violation]:
    """Look for the mark. The engine keeps it on values that are not known yet, so these need it too."""
    if not isinstance(part.value, Secret):
        yield part.must(be="be marked as secret", value="a plain value")
