"""The API's connection string: what Atlas says of the cluster, with the credentials of the user in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.atlas.user import User
    from infra.settings.data import Database

URI_SECRET: Final = "MONGODB_URI"  # noqa: S105 - the secret's name
_OPTIONS: Final = "authSource=admin&retryWrites=true&w=majority"


def uri(strings: Mapping[str, str | None], user: User, password: str, database: Database) -> str:
    """The connection string.

    Args:
        strings: What Atlas answers as ``connectionStrings``; a cluster without a name in DNS has ``standard`` alone.
        user: Who connects.
        password: Its password, as it is.
        database: The settings.
    """
    scheme, _, rest = (strings.get("standardSrv") or strings.get("standard") or "").partition("://")
    hosts, _, given = rest.partition("/")
    options = given.removeprefix("?")
    return (
        f"{scheme}://{user.name}:{quote(password, safe='')}@{hosts}/{database.name}"
        f"?{f'{options}&' if options else ''}{_OPTIONS}"
    )


def identity(user: User, password: str, database: Database) -> str:
    """All that decides the connection string but Atlas's own host name, which stays while the cluster does.

    It is known before there is a cluster, so that the Secret's name can follow from it.
    """
    return f"{home(database)}/{database.name}/{user.name}:{password}"


def home(database: Database) -> str:
    """Which cluster it is, for people as well."""
    atlas = database.atlas
    return f"{atlas.org_id}/{atlas.project}/{atlas.cluster}"


def identity_of(text: str, of: str) -> str:
    """The identity of a connection string to a cluster that is told by its ``home``.

    Raises:
        ValueError: It is no connection string.
    """
    parts = urlsplit(text)
    who = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"{of}/{parts.path.strip('/')}/{who}"
