"""Parses what requests contain: ids in addresses, numbers, return paths, bodies."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from functions.application.intake.bodies import object_of
from functions.domain.model.bounds import whole_number
from functions.domain.model.errors import Fault, Invalid, Malformed

LARGEST_BODY = 256 * 1024
MOST_ROWS = 500
SWITCH: dict[object, bool] = {None: False, "": False, "0": False, "false": False, False: False}
SWITCH |= {"1": True, "true": True, True: True}


class Name(BaseConverter):
    """An id in an address, safe for every store and log. Anything else is an unknown address (404)."""

    regex = r"(?!__)[A-Za-z0-9_\-]{1,128}"
    part_isolating = True


def read_names(app: Flask) -> None:
    """Make `Name` the default converter of an application's routes."""
    app.url_map.converters["default"] = Name


def body_of(request: Request) -> bytes:
    """Return a request's body; raises `RequestEntityTooLarge` over `LARGEST_BODY`.

    A refused body is dropped, or the framework would read it after the answer and fail on the limit.
    """
    request.max_content_length = LARGEST_BODY
    try:
        return request.get_data()
    except RequestEntityTooLarge:
        let_go(request)
        raise


def let_go(request: Request) -> None:
    """Drop the body, so that the framework has nothing left to read."""
    request.max_content_length = None
    request._cached_data = b""  # noqa: SLF001 -- where werkzeug keeps what was read


def json_of(request: Request) -> dict[str, Any]:
    """Return a body's JSON object, {} without a body; raises `Malformed`."""
    data = body_of(request)
    return object_of(data) if data else {}


def says_yes(request: Request, name: str) -> bool:
    """Whether a switch in the body or in the query is on; raises `Invalid` if it says neither yes nor no."""
    given = (json_of(request).get(name), request.args.get(name))
    if any(isinstance(value, list | dict) or value not in SWITCH for value in given):
        raise Invalid((Fault(name, "use true or false"),))
    return any(SWITCH[value] for value in given)


def limit_of(request: Request) -> int:
    """Return the requested number of rows; raises `Malformed`."""
    limit = whole_number(request.args.get("limit", "100"))
    if limit is None or not 0 < limit <= MOST_ROWS:
        raise Malformed("limit is a number from 1 to 500", reason="limit")
    return limit


def status_code_of(text: str) -> int:
    """Return a status code; raises `Malformed`."""
    code = whole_number(text, 4)
    if code is None:
        raise Malformed("a status code is a number from 0 to 9999", reason="status")
    return code


def way_back(text: str, home: str) -> str:
    """Return a page of the console, or `home` if the text leads elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return home
    if parts.scheme or parts.netloc or not parts.path.startswith("/console/") or not text.isprintable() or "\\" in text:
        return home
    return parts.path + (f"?{parts.query}" if parts.query else "")
