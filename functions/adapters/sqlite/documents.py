"""The port `Documents` on one SQLite file."""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from pydantic_core import from_json

from functions.adapters.platform.document_paths import check
from functions.adapters.sqlite.file import SqliteFile, index_name
from functions.application.ports import Body, Clock, Path, Transaction
from functions.application.store.indexes import index_for
from functions.domain.model.errors import Malformed, Taken, Transient
from functions.domain.model.messages import say

T = TypeVar("T")
_PURGE_SECONDS = 3600.0
_PURGE_ROWS = 1000  # at a time, so that writers do not wait long
_SEVERAL = """SELECT id, body FROM documents WHERE collection = ? AND (expires IS NULL OR expires > ?)
    AND id IN (SELECT value FROM json_each(?))"""
_TYPES = {str: "('text')", int: "('integer', 'real')", True: "('true')", False: "('false')"}


class SqliteDocuments:
    """Documents in one table, looked up by the indexes of `application/store/indexes.py`."""

    def __init__(self, file: SqliteFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._purged = 0.0

    def get(self, path: Path) -> Body | None:
        """Return the document, or None (also when it has expired)."""
        with self._file.read() as connection:
            return _get(connection, path, self._now())

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        """Return the documents in their order; None for each that is missing or has expired."""
        addresses, now = [_address(path) for path in paths], self._now()
        wanted: dict[str, list[str]] = {}
        for collection, name in addresses:
            wanted.setdefault(collection, []).append(name)
        found: dict[tuple[str, str], str] = {}
        with self._file.read() as connection:
            for collection, names in wanted.items():  # one statement for hundreds: each costs more than what it reads
                rows = connection.execute(_SEVERAL, (collection, now, json.dumps(names)))
                found.update({(collection, name): body for name, body in rows})
        return [
            _body(found[each], path) if each in found else None for each, path in zip(addresses, paths, strict=True)
        ]

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        """Run `work` in one transaction, which holds the write lock from the first read on."""
        with self._file.write(durable=durable) as connection:
            result = work(_SqliteTransaction(connection, self._now()))
        if time.monotonic() - self._purged > _PURGE_SECONDS:
            self._purged = time.monotonic()
            with suppress(Transient):  # what was asked for is done; the rest waits another hour
                self.purge()
        return result

    def find(
        self,
        collection: Path,
        where: Mapping[str, str | int | bool] | None = None,
        *,
        order: str = "",
        descending: bool = False,
        after: Any = None,
        before: Any = None,
        limit: int = 100,
    ) -> list[tuple[str, Body]]:
        """Return (id, document) pairs; see the port."""
        if descending and not order:
            raise ValueError("Ids are listed upwards only: Firestore scans no keys downwards.")
        source, values = self._matching(collection, where, order)
        by, (than, way) = (_value(order) if order else "id"), (("<", "DESC") if descending else (">", "ASC"))
        sorting = f"{by} {way}, id {way}" if order else f"id {way}"
        if order:
            source += f" AND {by} IS NOT NULL"
        if order and isinstance(after, tuple | list):
            source += f" AND {by} {than}= ? AND ({by}, id) {than} (?, ?)"  # the first condition is for the index
            values += (after[0], *after)
        elif after is not None:
            source += f" AND {by} {than} ?"
            values.append(after)
        if before is not None:
            source += f" AND {by} < ?"
            values.append(before)
        with self._file.read() as connection:
            rows = connection.execute(
                f"SELECT id, body {source} ORDER BY {sorting} LIMIT ?",
                (*values, limit),
            ).fetchall()
        return [(row[0], _body(row[1], (*collection, row[0]))) for row in rows]

    def forget(self) -> None:
        """Truncate the write-ahead log, which still holds the deleted documents."""
        self._file.forget()

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        """Return how many documents match."""
        source, values = self._matching(collection, where)
        with self._file.read() as connection:
            row = connection.execute(f"SELECT count(*) {source}", values).fetchone()
        return int(row[0])

    def purge(self) -> None:
        """Delete up to `_PURGE_ROWS` expired documents; `transact` calls it about once an hour."""
        with self._file.write(durable=False) as connection:
            connection.execute(
                "DELETE FROM documents WHERE (collection, id) IN "
                "(SELECT collection, id FROM documents WHERE expires <= ? LIMIT ?)",
                (self._now(), _PURGE_ROWS),
            )

    def _now(self) -> float:
        return self._clock().timestamp()

    def _matching(
        self, collection: Path, where: Mapping[str, str | int | bool] | None, order: str = ""
    ) -> tuple[str, list[Any]]:
        """Return FROM and WHERE with their values. They name the index: without statistics SQLite takes the key."""
        index = index_for(collection[-1], where or {}, order)
        values: list[Any] = ["/".join(collection), self._now()]
        condition = "WHERE collection = ? AND (expires IS NULL OR expires > ?)"
        if index:  # SQLite uses a partial index only if the query repeats its condition
            condition = f"INDEXED BY {index_name(index)} {condition} AND kind = '{index.collection}'"
        for name, wanted in (where or {}).items():
            types = _TYPES[wanted if isinstance(wanted, bool) else type(wanted)]
            condition += f" AND {_value(name)} = ? AND json_type(body, '$.{name}') IN {types}"
            values.append(wanted)
        return f"FROM documents {condition}", values


class _SqliteTransaction:
    """Writes go into the open transaction at once; a read after a write is refused, as in Firestore."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self._connection = connection
        self._now = now
        self._written = False

    def get(self, path: Path) -> Body | None:
        if self._written:
            raise RuntimeError("In a transaction all reads come before the first write.")
        return _get(self._connection, path, self._now)

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        self._written = True
        self._connection.execute(
            "INSERT INTO documents (collection, id, kind, expires, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (collection, id) DO UPDATE SET expires = excluded.expires, body = excluded.body",
            _row(path, body, expires),
        )

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        self._written = True
        added = self._connection.execute(
            "INSERT INTO documents (collection, id, kind, expires, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (collection, id) DO UPDATE SET expires = excluded.expires, body = excluded.body "
            "WHERE documents.expires <= ?",
            (*_row(path, body, expires), self._now),
        )
        if not added.rowcount:
            raise Taken(f"There is a document in {path[-2]} under this id already.")

    def delete(self, path: Path) -> None:
        self._written = True
        self._connection.execute("DELETE FROM documents WHERE collection = ? AND id = ?", _address(path))


def _get(connection: sqlite3.Connection, path: Path, now: float) -> Body | None:
    statement = "SELECT body FROM documents WHERE collection = ? AND id = ? AND (expires IS NULL OR expires > ?)"
    row = connection.execute(statement, (*_address(path), now)).fetchone()
    return None if row is None else _body(row[0], path)


def _body(text: str, path: Path) -> Body:
    """Return a stored document; raises `Malformed`."""
    try:
        body = from_json(text, cache_strings="keys")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Malformed(
            say("The document {} in the store is damaged: restore the last backup.", "/".join(path)),
            reason="bad_record",
        )
    return body


def _address(path: Path) -> tuple[str, str]:
    check(path)
    return "/".join(path[:-1]), path[-1]


def _row(path: Path, body: Body, expires: datetime | None) -> tuple[str, str, str, float | None, str]:
    if expires and "expires_at" in body:
        raise ValueError(
            "A document that expires has no field `expires_at` of its own: Firestore keeps its expiry there."
        )
    text = json.dumps(body, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return (*_address(path), path[-2], expires.timestamp() if expires else None, text)


def _value(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"Not the name of a field: {name!r}")
    return f"json_extract(body, '$.{name}')"
