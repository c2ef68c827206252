"""One transaction on Firestore: all reads see one moment, and the commit fails if another writer was faster.

Firestore's own transactions lock what they read, and an instance that loses its processor would keep the lock for a
minute. So nothing is locked while `work` decides. Each write has its document's last change as a precondition;
documents that were only read are locked during the commit.
"""

from datetime import datetime
from typing import Any

from functions.adapters.firestore.connection import FirestoreConnection, Found, Raced
from functions.adapters.firestore.values import decode, encode, has_expired
from functions.adapters.platform.document_paths import check
from functions.application.ports import Body, Path
from functions.domain.model.errors import Taken


class FirestoreTransaction:
    """The port `Transaction`; its store calls `commit`, which raises `Raced` if the work must run again."""

    def __init__(self, connection: FirestoreConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._moment: Any = None
        self._seen: dict[Path, Found | None] = {}
        self._created: dict[Path, Body] = {}  # without having been read
        self._writes: list[dict[str, Any]] = []
        self._written: set[Path] = set()

    def get(self, path: Path) -> Body | None:
        """Return the document as it was at the first read of this transaction, or None."""
        check(path)
        if self._writes:
            raise RuntimeError("In a transaction all reads come before the first write.")
        if path not in self._seen:
            self._seen[path], self._moment = self._connection.read(path, self._moment)
        return live(self._seen[path], self._now)

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write the whole document at the commit."""
        check(path)
        self._add(path, {"update": {"name": self._connection.name(path), "fields": encode(body, expires)}})

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write a document that must not exist; raises `Taken`, here if it was read before, else at the commit."""
        if live(self._seen.get(path), self._now) is not None or path in self._written:
            raise _taken()
        self.put(path, body, expires=expires)
        if path not in self._seen:
            self._writes[-1]["current_document"] = {"exists": False}
            self._created[path] = body

    def delete(self, path: Path) -> None:
        """Remove the document at the commit."""
        check(path)
        self._add(path, {"delete": self._connection.name(path)})

    def commit(self, *, after_unanswered: bool = False) -> None:
        """Write everything, or raise `Raced` or `Taken` and write nothing.

        `after_unanswered`: the answer to an earlier try was lost, so a document that exists may be our own.
        """
        from google.api_core.exceptions import AlreadyExists, FailedPrecondition, NotFound

        if not self._writes:
            return
        held = self._hold([path for path in self._seen if path not in self._written])
        try:
            self._connection.commit(self._writes, held)
        except (FailedPrecondition, NotFound) as error:
            self._let_go(held)
            raise Raced from error
        except AlreadyExists as error:
            self._let_go(held)
            if not self._stands(error, after_unanswered=after_unanswered):
                raise Raced from error
        except Exception:  # if it never arrived, what was only read would stay locked for a minute
            self._let_go(held)
            raise

    def _add(self, path: Path, write: dict[str, Any]) -> None:
        if path in self._seen and path not in self._written:
            seen = self._seen[path]
            write["current_document"] = {"update_time": seen.updated} if seen else {"exists": False}
        self._written.add(path)
        self._writes.append(write)

    def _hold(self, paths: list[Path]) -> bytes:
        """Lock the documents that were only read; if one has changed, the race is lost."""
        if not paths:
            return b""
        held, changed = self._connection.hold(paths)
        for path in paths:
            seen = self._seen[path]
            if changed.get(self._connection.name(path)) != (seen.updated if seen else None):
                self._let_go(held)
                raise Raced
        return held

    def _let_go(self, held: bytes) -> None:
        if held:
            self._connection.roll_back(held)

    def _stands(self, error: Exception, *, after_unanswered: bool) -> bool:
        """Whether an earlier try, whose answer was lost, has stored everything; raises `Taken` if somebody else did.

        An expired document is removed, so that the next run succeeds.
        """
        ours = 0
        for path, body in self._created.items():
            found, _ = self._connection.read(path)
            there = live(found, self._now)
            if there is not None and not (after_unanswered and there == body):
                raise _taken() from error
            ours += there is not None
            if found and there is None:
                unchanged = {"update_time": found.updated}
                self._connection.commit([{"delete": self._connection.name(path), "current_document": unchanged}], b"")
        return after_unanswered and 0 < ours == len(self._created) == len(self._writes)


def live(found: Found | None, now: datetime) -> Body | None:
    """Return the document, or None if it is missing or has expired."""
    return None if found is None or has_expired(found.fields, now) else decode(found.fields)


def _taken() -> Taken:
    return Taken("There is a document under this id already.")
