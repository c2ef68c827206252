"""Where state is stored: documents and secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Body = dict[str, Any]
Path = tuple[str, ...]  # ("integrations", int_id, "links", link_id): collections and ids in turn


class Transaction(Protocol):
    """Reads and writes that all happen or none. Reads come before the first write."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None."""

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write the whole document; the store may drop it after `expires` (aware UTC)."""

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write a document that must not exist; raises `Taken`, at the latest when the transaction ends."""

    def delete(self, path: Path) -> None:
        """Remove the document; no error if there is none."""


class Documents(Protocol):
    """A store of JSON documents: Firestore in the cloud, SQLite standalone. Raises `Transient` if unreachable."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None (also if it has expired)."""

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        """Return up to some hundred documents, like `get`, in their order."""

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        """Run `work` in one transaction and return its result. It may run several times: it calls nothing outside.

        Unless `durable`, a power cut may undo it, with all that was stored after it, until something durable is stored.
        """

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
        """Return (id, document) pairs of a collection, by equality of top-level fields.

        Ordered by `order` (a top-level field), or by id. `after` is the last row's order value (or id) on the previous
        page; if values can repeat, the pair (order value, id). Rows whose `order` value is `before` or higher are left
        out. Only an `order` can be `descending`. Documents without the `order` field, or with null in it, are left out.
        """

    def forget(self) -> None:
        """Make everything deleted so far unrecoverable from the store."""

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        """Return how many documents match; in the cloud expired ones count until the store has dropped them."""


class Secrets(Protocol):
    """The secret store. Names: `google_client_secret`, `google_refresh_token`, `ireserve_password`, `digest_key`.

    `put` returns the version to store with the integration; `get` reads exactly that version ("" = the only one).
    """

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None if there is none."""

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number."""

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one replaced version, once nothing can still be about to read it."""

    def delete(self, int_id: str, name: str) -> None:
        """Destroy every version."""
