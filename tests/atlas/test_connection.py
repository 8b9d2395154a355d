from __future__ import annotations

from typing import TYPE_CHECKING

from infra.atlas.connection import home, identity, identity_of, uri
from infra.atlas.user import API_USERS

if TYPE_CHECKING:
    from infra.settings import Settings

USER = API_USERS["a"]


def test_a_named_cluster_is_reached_by_its_name(settings: Settings) -> None:
    strings = {
        "standard": "mongodb://h1:27017,h2:27017/?ssl=true",
        "standardSrv": "mongodb+srv://merchant.ab12.mongodb.net",
    }
    assert uri(strings, USER, "p@ss/word", settings.database) == (
        "mongodb+srv://api-a:p%40ss%2Fword@merchant.ab12.mongodb.net/rez?authSource=admin&retryWrites=true&w=majority"
    )


def test_the_options_that_atlas_gives_are_kept(settings: Settings) -> None:
    strings = {"standard": "mongodb://h1:27017,h2:27018/?ssl=true&replicaSet=atlas-1", "standardSrv": None}
    assert uri(strings, USER, "x", settings.database).startswith(
        "mongodb://api-a:x@h1:27017,h2:27018/rez?ssl=true&replicaSet=atlas-1&authSource=admin&"
    )


def test_another_password_user_or_cluster_is_another_identity(settings: Settings) -> None:
    database = settings.database
    other = database.model_copy(update={"atlas": database.atlas.model_copy(update={"cluster": "other"})})
    found = {
        identity(USER, "x", database),
        identity(USER, "y", database),
        identity(API_USERS["b"], "x", database),
        identity(USER, "x", other),
    }
    assert len(found) == 4


def test_a_connection_string_tells_its_identity_back(settings: Settings) -> None:
    text = uri({"standard": "mongodb://h1:27017/?ssl=true"}, USER, "p@ss/w%rd", settings.database)
    wanted = identity(USER, "p@ss/w%rd", settings.database)
    assert identity_of(text, home(settings.database)) == wanted
    assert identity_of(text, "another/home") != wanted
    other = uri({"standard": "mongodb://h1:27017/?ssl=true"}, USER, "guess", settings.database)
    assert identity_of(other, home(settings.database)) != wanted
