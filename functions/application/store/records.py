"""Converts domain values to documents and back."""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from functions.application.ports import Body
from functions.application.store.upgrades import schema_of, upgraded
from functions.domain.model.errors import Malformed
from functions.domain.model.messages import say

T = TypeVar("T")


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
    body = upgraded(cast(Hashable, kind), body, name)
    try:
        value: T = _adapter(cast(Hashable, kind)).validate_python(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Malformed(
            say("{} in the store cannot be read at {}: {}", name, place, first["msg"]), reason="bad_record"
        ) from None
    return value
