"""A copy of a place (both simulators, the store, the secrets), so that tests need not set it up again."""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.place import Place

_WORLD = (
    "random", "offset", "numbers", "switches", "accounts", "calendars", "mails", "pages", "pending_meets", "recent",
    "calls", "faults", "tokens", "channels",
)  # fmt: skip
_TENANT = ("world", "dialect", "offset", "latency", "faults", "outbox", "effects", "races", "calls")


@dataclass(frozen=True)
class Kept:
    """What `put_back` needs."""

    world: dict[str, Any]
    tenant: dict[str, Any]
    rows: dict[str, list[tuple[Any, ...]]]
    number: int
    shared: tuple[object, ...]


def keep(place: "Place") -> Kept:
    """Copy the state of a place, which stays usable."""
    shared = _shared(place)
    memo = {id(each): each for each in shared}
    with place.file.read() as connection:
        rows = {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 -- names of this list
            for name in ("documents", "tasks")
        }
    number = next(place._numbers)
    place._numbers = iter(range(number, 10**9))
    return Kept(
        copy.deepcopy(_state(place.world, _WORLD), memo),
        copy.deepcopy(_state(place.tenant, _TENANT), memo),
        rows,
        number,
        shared,
    )


def put_back(place: "Place", kept: Kept) -> None:
    """Replace the state of a place by a copy; its clock and its settings stay."""
    memo = {id(was): now for was, now in zip(kept.shared, _shared(place), strict=True)}
    vars(place.world).update(copy.deepcopy(kept.world, memo))
    vars(place.tenant).update(copy.deepcopy(kept.tenant, memo))
    with place.file.write(durable=False) as connection:
        for name, rows in kept.rows.items():
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 -- names of this list
            if rows:
                marks = ",".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 -- likewise
    place._numbers = iter(range(kept.number, 10**9))


def _shared(place: "Place") -> tuple[object, ...]:
    """Return the objects that must not be copied: the simulators, to which the routes refer."""
    return place.world, place.world.channels.wake, place.tenant


def _state(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if name in names}
