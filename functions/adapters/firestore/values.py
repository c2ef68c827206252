"""JSON documents to Firestore's values and back.

https://firebase.google.com/docs/firestore/reference/rest/v1/Value
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.application.ports import Body

EXPIRY = "expires_at"  # the field of the TTL policies, which need a native timestamp
_INNER = "[]"  # Firestore allows no list directly inside a list: the inner one becomes a map with this key


def encode(body: Body, expires: datetime | None) -> dict[str, Any]:
    """Return the fields of a document as protobuf values."""
    if expires and EXPIRY in body:
        raise ValueError(
            "A document that expires has no field `expires_at` of its own: Firestore keeps its expiry there."
        )
    fields = {name: _value(each) for name, each in body.items()}
    if expires:
        seconds = int(expires.timestamp() // 1)
        fields[EXPIRY] = _kinds().Value(timestamp_value={"seconds": seconds, "nanos": expires.microsecond * 1000})
    return fields


def encode_one(value: str | float | None) -> Any:
    """Return one plain value, for filters and cursors."""
    return _value(value)


def decode(fields: Mapping[str, Any]) -> Body:
    """Return the document that some protobuf values hold, without its expiry."""
    return {
        name: _plain(value) for name, value in fields.items() if value.WhichOneof("value_type") != "timestamp_value"
    }


def has_expired(fields: Mapping[str, Any], now: datetime) -> bool:
    """Whether the document has expired; Firestore itself deletes it up to a day later."""
    expiry = fields.get(EXPIRY)
    if expiry is None or expiry.WhichOneof("value_type") != "timestamp_value":
        return False
    moment = expiry.timestamp_value
    return bool(moment.seconds + moment.nanos / 1e9 <= now.timestamp())


class _Kinds:
    """The plain protobuf classes; the client library's wrappers are many times slower."""

    def __init__(self) -> None:
        from google.cloud.firestore_v1.types import document

        self.Value = document.Value.pb()
        self.ArrayValue = document.ArrayValue.pb()
        self.MapValue = document.MapValue.pb()


_known: list[_Kinds] = []


def _kinds() -> _Kinds:
    if not _known:
        _known.append(_Kinds())
    return _known[0]


def _value(plain: Any) -> Any:
    kinds = _kinds()
    match plain:
        case None:
            return kinds.Value(null_value=0)
        case bool():
            return kinds.Value(boolean_value=plain)
        case int():
            return kinds.Value(integer_value=plain)
        case float():
            return kinds.Value(double_value=plain)
        case str():
            return kinds.Value(string_value=plain)
        case list() | tuple():
            inner = [{_INNER: each} if isinstance(each, list | tuple) else each for each in plain]
            return kinds.Value(array_value=kinds.ArrayValue(values=[_value(each) for each in inner]))
        case dict():
            return kinds.Value(map_value=kinds.MapValue(fields={name: _value(each) for name, each in plain.items()}))
    raise TypeError(f"Not a JSON type: {type(plain).__name__}")


def _plain(value: Any) -> Any:
    match value.WhichOneof("value_type"):
        case "array_value":
            return [_unwrapped(_plain(each)) for each in value.array_value.values]
        case "map_value":
            return {name: _plain(each) for name, each in value.map_value.fields.items()}
        case "null_value" | None:
            return None
        case kind:
            return getattr(value, kind)


def _unwrapped(plain: Any) -> Any:
    return plain[_INNER] if isinstance(plain, dict) and plain.keys() == {_INNER} else plain
