"""The port `Documents` on Firestore: a path of the port is the path of the document."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from functions.adapters.firestore.connection import FirestoreConnection, Raced
from functions.adapters.firestore.transaction import FirestoreTransaction, live
from functions.adapters.firestore.values import decode, encode_one, has_expired
from functions.adapters.platform.document_paths import check
from functions.application.ports import Body, Clock, Path, Transaction
from functions.domain.model.errors import Taken

T = TypeVar("T")
_ID = "__name__"


class FirestoreDocuments:
    """Documents with native values; `expires_at` is checked here because TTL deletes late."""

    def __init__(self, connection: FirestoreConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, path: Path) -> Body | None:
        """Return the document, or None (also when it has expired)."""
        check(path)
        found, _ = self._connection.attempt(lambda: self._connection.read(path))
        return live(found, self._clock())

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        """Return the documents in their order, read in one call; None for each that is missing or has expired."""
        for path in paths:
            check(path)
        if not paths:
            return []
        found, now = self._connection.attempt(lambda: self._connection.read_several(paths)), self._clock()
        return [live(found.get(self._connection.name(path)), now) for path in paths]

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:  # noqa: ARG002 -- here all is
        """Run `work` in one transaction, and again if another writer was faster."""
        unanswered = False  # whether an earlier try may have landed

        def once() -> T:
            nonlocal unanswered
            transaction = FirestoreTransaction(self._connection, self._clock())
            result = work(transaction)
            try:
                transaction.commit(after_unanswered=unanswered)
            except (Raced, Taken):
                raise
            except Exception:
                unanswered = True
                raise
            return result

        return self._connection.attempt(once)

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
        """Return (id, document) pairs; see the port. Expired documents are skipped and replaced by later ones."""
        if descending and not order:
            raise ValueError("Ids are listed upwards only: Firestore scans no keys downwards.")
        rows: list[tuple[str, Body]] = []
        now = self._clock()
        direction = "DESCENDING" if descending else "ASCENDING"
        sorting = [
            {"field": {"field_path": field}, "direction": direction} for field in (*([order] if order else ()), _ID)
        ]
        while len(rows) < limit:
            wanted = limit - len(rows)
            query = _query(collection, where, order) | {"order_by": sorting, "limit": {"value": wanted}}
            if after is not None:
                query["start_at"] = self._cursor(collection, order, after)
            if before is not None:
                query["end_at"] = {"values": [encode_one(before)], "before": True}
            found = self._connection.attempt(lambda query=query: self._connection.query(collection[:-1], query))  # type: ignore[misc]
            rows += [(each.id, decode(each.fields)) for each in found if not has_expired(each.fields, now)]
            if len(found) < wanted:
                break
            last = found[-1]
            after = (decode({order: last.fields[order]})[order], last.id) if order else last.id
        return rows

    def forget(self) -> None:
        """Do nothing: Firestore leaves no files."""

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        """Return how many documents match, expired ones that TTL has not deleted yet included."""
        query = _query(collection, where, "")
        return self._connection.attempt(lambda: self._connection.count(collection[:-1], query))

    def _cursor(self, collection: Path, order: str, after: Any) -> dict[str, Any]:
        values = list(after) if isinstance(after, tuple | list) else [after]
        if order:
            spelt = [encode_one(values[0])]
            spelt += [{"reference_value": self._connection.name((*collection, each))} for each in values[1:]]
        else:
            spelt = [{"reference_value": self._connection.name((*collection, values[0]))}]
        return {"values": spelt, "before": False}


def _query(collection: Path, where: Mapping[str, str | int | bool] | None, order: str) -> dict[str, Any]:
    """Return a structured query. As in the other store, it skips documents whose ordering field is null."""
    filters: list[dict[str, Any]] = [
        {"field_filter": {"field": {"field_path": name}, "op": "EQUAL", "value": encode_one(wanted)}}
        for name, wanted in (where or {}).items()
    ]
    if order:
        filters.append({"unary_filter": {"field": {"field_path": order}, "op": "IS_NOT_NULL"}})
    query: dict[str, Any] = {"from_": [{"collection_id": collection[-1]}]}
    if filters:
        query["where"] = {"composite_filter": {"op": "AND", "filters": filters}}
    return query
