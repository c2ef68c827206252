"""Converts domain values to documents and back."""

import marshal
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from functions.application.ports import Body
from functions.application.store.upgrades import schema_of, upgraded
from functions.domain.model.errors import Malformed
from functions.domain.model.messages import say

T = TypeVar("T")
KNOWN, LONGEST = 500, 8192  # so many documents are remembered, none longer than so many bytes
_REMEMBERED = set[Hashable]()


def remember(kind: type[T]) -> None:
    """Parse unchanged documents of a kind once: for what is read again and again, not for what is read in passing."""
    _REMEMBERED.add(cast(Hashable, kind))


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type[Any], kind))


def body_of(value: object) -> Body:
    """Return a domain dataclass as a JSON document."""
    body: Body = _adapter(cast(Hashable, type(value))).dump_python(value, mode="json")
    return body


def stored(value: object) -> Body:
    """Return a domain dataclass as a document to store, with its version."""
    return {**body_of(value), "schema": schema_of(cast(Hashable, type(value)))}


def record_of(kind: type[T], body: Body, name: str) -> T:
    """Return a stored document, also of an earlier version, as a domain value.

    Raises `Malformed`, with `name` in its sentence, if the document is invalid or of a newer version.
    """
    shape = cast(Hashable, kind)
    if shape not in _REMEMBERED:
        return cast(T, _parsed(shape, body, name))
    try:
        written = marshal.dumps(body, 2)  # another version would write equal values differently
    except ValueError:  # it holds what is not plain
        return cast(T, _parsed(shape, body, name))
    return cast(T, _known(shape, written, name) if len(written) <= LONGEST else _parsed(shape, body, name))


@lru_cache(maxsize=KNOWN)
def _known(kind: Hashable, written: bytes, name: str) -> object:
    """Return what is often read again unchanged: parsing takes ten times as long as comparing."""
    return _parsed(kind, marshal.loads(written), name)  # noqa: S302 -- written by the caller


def _parsed(kind: Hashable, body: Body, name: str) -> object:
    try:
        return _adapter(kind).validate_python(upgraded(kind, body, name))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Malformed(
            say("{} in the store cannot be read at {}: {}", name, place, first["msg"]), reason="bad_record"
        ) from None
