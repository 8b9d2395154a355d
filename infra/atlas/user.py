"""Database users: two for the API, of which one is in use, and one that may only read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.data import Database


@dataclass(frozen=True)
class User:
    """A user of the API's database.

    Attributes:
        name: Its user name.
        role: Its role on that database.
        password: The secret that holds its password.
        everywhere: Whether it may use every cluster of the project: a restored one is read before it is used.
    """

    name: str
    role: str
    password: str
    everywhere: bool = False


API_USERS: Final = {
    "a": User("api-a", "readWrite", "MONGODB_PASSWORD_A"),
    "b": User("api-b", "readWrite", "MONGODB_PASSWORD_B"),
}
READER: Final = User("reader", "read", "MONGODB_READER_PASSWORD", everywhere=True)
USERS: Final = (*API_USERS.values(), READER)


def user(this: User, database: Database) -> Properties:
    """A user's properties, without the password."""
    scopes = [] if this.everywhere else [{"name": database.atlas.cluster, "type": "CLUSTER"}]
    return {
        "username": this.name,
        "authDatabaseName": "admin",
        "roles": [{"roleName": this.role, "databaseName": database.name}],
        "scopes": scopes,
    }
