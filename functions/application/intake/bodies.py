"""Parses request bodies: JSON that a store, a log and an answer can write down again."""

import json
from collections import Counter
from typing import Any, NoReturn

from functions.domain.model.errors import Malformed
from functions.domain.model.messages import say


def json_in(data: bytes, decoder: json.JSONDecoder | None = None) -> Any:
    """Return the JSON of a body; raises `Malformed`, also for NaN, infinite numbers and unpaired surrogates."""
    try:
        found = (decoder or _DECODER).decode(data.decode("utf-8"))
        if b"\\u" in data:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON", reason="not_json") from None
    return found


def object_of(data: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; raises `Malformed`, also where a name stands twice: the first would be lost."""
    found = json_in(data, _ONCE)
    if not isinstance(found, dict):
        raise Malformed("the body is not a JSON object", reason="not_json")
    return found


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise Malformed(say("the body names {} twice; keep one", name[:60]), reason="twice")
    return found


_DECODER = json.JSONDecoder(parse_constant=_refuse)
_ONCE = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_named_once)
