"""Which fields of which collections are queried: one list, from which each store makes its indexes.

A collection is named by the last part of its path, as Firestore's collection groups are.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """Top-level fields of a collection, in order: equality on all but the last, equality or order on the last."""

    collection: str
    fields: tuple[str, ...]


INDEXES = (
    Index("integrations", ("wake_at",)),
    Index("links", ("state",)),
    Index("links", ("booking_id",)),
    Index("links", ("calendar",)),
    Index("links", ("series",)),
    Index("links", ("day",)),
    Index("links", ("foreign",)),
    Index("links", ("lacks_guest",)),
    Index("links", ("lacks_meet",)),
    Index("links", ("writing",)),
    Index("journal", ("at",)),
    Index("journal", ("booking_id", "at")),
    Index("parked", ("at",)),
    Index("parked", ("due_at",)),
    Index("parked", ("tried_at",)),
    Index("history", ("at",)),
)

EXPIRING = (
    "journal",
    "history",
    "oauth_states",
    "removals",
    "listings",
)  # collections with a TTL policy in Firestore (infra), which deletes their expired documents


def index_for(collection: str, where: Collection[str], order: str) -> Index | None:
    """Return the index for equality on `where`, then `order`; None: the order of ids suffices."""

    def served(index: Index) -> tuple[int, bool]:
        equal = next((n for n, name in enumerate(index.fields) if name not in where), len(index.fields))
        return equal, bool(order) and index.fields[equal : equal + 1] == (order,)

    best = max((index for index in INDEXES if index.collection == collection), key=served, default=None)
    return best if best and any(served(best)) else None
