"""The shape of requests and answers: the version in `Accept`, pages of lists."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug import Request

    from infra.local.atlas.store import Json

_VERSION: Final = re.compile(r"application/vnd\.atlas\.(\d{4}-\d{2}-\d{2}|preview)\+json")
_LARGEST_PAGE: Final = 500


def version(request: Request) -> str:
    """The version of the resource that the caller takes: a date, or `preview`, which is what the newest date has.

    Raises:
        Refusal: It names none.
    """
    found = _VERSION.search(request.headers.get("Accept", ""))
    if found is None:
        detail = "The Accept header must name a version: application/vnd.atlas.YYYY-MM-DD+json."
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, "INVALID_VERSION_DATE", detail)
    return found[1]


def body(request: Request) -> Any:
    """The JSON that was sent.

    Raises:
        Refusal: It is none; nothing of it is quoted.
    """
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict | list):
        raise Refusal(HTTPStatus.BAD_REQUEST, "MALFORMED_JSON", "Received JSON is malformed.")
    return found


def page(request: Request, every: Iterable[Json]) -> Json:
    """One page of a list, as ``pageNum`` (from 1) and ``itemsPerPage`` (100, at most 500) ask for it."""
    listed = list(every)
    number, size = _number(request, "pageNum", 1), _number(request, "itemsPerPage", 100)
    if size > _LARGEST_PAGE:
        raise _bad("itemsPerPage")
    links = [{"href": request.url, "rel": "self"}]
    return {"links": links, "results": listed[(number - 1) * size : number * size], "totalCount": len(listed)}


def _number(request: Request, name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not text.isdecimal() or not int(text):
        raise _bad(name)
    return int(text)


def _bad(name: str) -> Refusal:
    detail = f"Invalid query parameter {name} specified."
    return Refusal(HTTPStatus.BAD_REQUEST, "INVALID_QUERY_PARAMETER", detail, name)
