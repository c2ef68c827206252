"""Where state rests: documents, and secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Body = dict[str, Any]
Path = tuple[str, ...]  # ("integrations", int_id, "links", link_id): collection and id in turn


class Transaction(Protocol):
    """Reads and writes that happen together or not at all. All reads come before the first write."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None."""

    def put(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write the whole document; after `expires` the store may drop it."""

    def create(self, path: Path, body: Body, *, expires: datetime | None = None) -> None:
        """Write a document that must not exist yet; raises `Taken` (at the latest when the transaction ends)."""

    def delete(self, path: Path) -> None:
        """Remove the document; no error when there is none."""


class Documents(Protocol):
    """A store of JSON documents: Firestore in the cloud, one SQLite file standalone. Raises `Transient` when away."""

    def get(self, path: Path) -> Body | None:
        """Return the document, or None (also when it has expired)."""

    def several(self, paths: Sequence[Path]) -> list[Body | None]:
        """Return some hundred documents at most, as `get` does each, in their order."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction; it may be run several times, so it calls nothing outside."""

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

        Ordered by `order` (a top-level field) or else by id; `after` is the order value (or id) of the last row of the
        page before, or where values can repeat the pair (order value, id). Rows with the value `before` of an `order`
        (upwards), or a higher one, are left out. Only an `order` can be `descending`. Documents without the `order` field, or with
        null in it, are left out.
        """

    def forget(self) -> None:
        """See to it that nothing deleted so far can be read from where the store rests."""

    def count(self, collection: Path, where: Mapping[str, str | int | bool] | None = None) -> int:
        """Return how many documents match; in the cloud expired ones count until the store has dropped them."""


class Secrets(Protocol):
    """The secret store. Names: `google_client_secret`, `google_refresh_token`, `ireserve_password`, `digest_key`.

    `put` returns the version to be kept with the integration; `get` reads that very version ("" = the only one).
    """

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none."""

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number."""

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one version that was replaced, once nothing can be about to read it."""

    def delete(self, int_id: str, name: str) -> None:
        """Destroy every version."""
