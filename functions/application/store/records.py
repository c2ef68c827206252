"""Converts domain values to documents and back."""

import marshal
from collections.abc import Callable, Hashable
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from functions.application.ports import Body
from functions.application.store.upgrades import damaged, schema_of, upgraded
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


def record_of(kind: type[T], body: Body, name: str, *of: str) -> T:
    """Return a stored document, also of an earlier version, as a domain value.

    Raises `Malformed`, with `name` in its sentence, if the document is invalid or of a newer version. `name` has a `{}` for
    each of `of`: it is put together only for an error.
    """
    shape = cast(Hashable, kind)
    if shape not in _REMEMBERED:
        return cast(T, _parsed(shape, body, name, of))
    try:
        written = marshal.dumps(body, 2)  # another version would write equal values differently
    except ValueError:  # it holds what is not plain
        return cast(T, _parsed(shape, body, name, of))
    return cast(T, _known(shape, written, name, of) if len(written) <= LONGEST else _parsed(shape, body, name, of))


@lru_cache(maxsize=KNOWN)
def _known(kind: Hashable, written: bytes, name: str, of: tuple[str, ...]) -> object:
    """Return what is often read again unchanged: parsing takes ten times as long as comparing."""
    return _parsed(kind, marshal.loads(written), name, of)  # noqa: S302 -- written by the caller


def readable(read: Callable[[], T]) -> tuple[T | None, str]:
    """Return what a function reads from the store, or None and why that cannot be read; for pages that show more than that."""
    try:
        return read(), ""
    except Malformed as error:
        return None, str(error)


def _parsed(kind: Hashable, body: Body, name: str, of: tuple[str, ...]) -> object:
    try:
        return _adapter(kind).validate_python(upgraded(kind, body, name, *of))
    except ValidationError as error:
        place = _place(body, error.errors()[0]["loc"])
        raise damaged(say(name, *of), place) from None


def _place(body: Body, loc: tuple[int | str, ...]) -> str:
    """Return where in a document something is wrong, without the names of types that pydantic puts between."""
    first, *more = loc
    found = [str(first)]
    inside: Any = body.get(str(first))
    for part in more:
        try:
            inside = inside[part]
        except (LookupError, TypeError):
            break
        found.append(str(part))
    return ".".join(found)
