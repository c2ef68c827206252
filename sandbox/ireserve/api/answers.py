"""What the REST interface answers: JSON or XML, and the error body."""

import json
from typing import Any
from xml.etree import ElementTree as ET

from flask import Response, g, request

from sandbox.ireserve.tenant.model import Json
from sandbox.ireserve.tenant.words import word

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    500: "Internal Server Error",
}


class ApiError(Exception):
    """Ends a request with an error body."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def answer(content: Any, status: int = 200) -> Response:
    """Return the content in the format that the address selects."""
    if getattr(g, "format", "json") == "xml":
        text = ET.tostring(_element("response", content), encoding="unicode", xml_declaration=True)
        return Response(text, status, mimetype="application/xml")
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return Response(text, status, mimetype="application/json")


def error(code: int, message: str = "") -> Response:
    """Return the error body; its code is the HTTP status too."""
    title = TITLES.get(code, "Error")
    full = f"{title}: {message}" if message else title
    response = answer({"error": {"code": code, "message": full}}, code)
    if code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="i-Reserve"'
    return response


def _element(name: str, content: Any) -> ET.Element:
    element = ET.Element(name if name[:1].isalpha() or name[:1] == "_" else "item")
    if element.tag != name:
        element.set("key", name)
    if isinstance(content, dict):
        element.extend(_element(str(key), value) for key, value in content.items())
    elif isinstance(content, list):
        element.extend(_element("item", value) for value in content)
    elif isinstance(content, bool):
        element.text = "1" if content else "0"
    elif content is not None:
        element.text = str(content)
    return element


def body() -> Json:
    """Return the request's JSON object; 412 if it is none."""
    content = request.get_json(force=True, silent=True)
    if not isinstance(content, dict):
        raise ApiError(412, "the body is not a JSON object")
    return content


def expansions(entity: str, *allowed: str) -> set[str]:
    """Return what `expand` asks for; 412 in i-Reserve's words if the entity does not have it."""
    wanted = {part.strip() for part in request.args.get("expand", "").split(",") if part.strip()}
    if wanted - set(allowed):
        raise ApiError(412, f"extra contains an invalid expansion for entity {entity}")
    return wanted


def language() -> str:
    """Return the language of this request."""
    return request.args.get("lang") or str(g.tenant.dialect.language)


def sentences(keys: tuple[str, ...]) -> list[str]:
    """Return the sentences in the language of this request."""
    return [word(key, language()) for key in keys]


def whole(value: Any, what: str) -> int:
    """Read a number that may come as text; 412 if it is none."""
    try:
        return int(str(value))
    except ValueError:
        raise ApiError(412, f"{what} is not a number") from None
