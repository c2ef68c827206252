"""Parses request bodies: JSON that a store, a log and an answer can write down again."""

import json
from typing import Any, NoReturn

from functions.domain.model.errors import Malformed


def json_in(data: bytes) -> Any:
    """Return the JSON of a body; raises `Malformed`, also for NaN, infinite numbers and unpaired surrogates."""
    try:
        found = _DECODER.decode(data.decode("utf-8"))
        if b"\\u" in data:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON", reason="not_json") from None
    return found


def object_of(data: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; raises `Malformed`."""
    found = json_in(data)
    if not isinstance(found, dict):
        raise Malformed("the body is not a JSON object", reason="not_json")
    return found


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(parse_constant=_refuse)
