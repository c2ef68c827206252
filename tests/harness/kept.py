"""A copy of a place (both simulators, the store, the secrets), so that tests need not set it up again."""

import io
import pickle
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

    outside: "KeptOutside"
    store: Any  # as `keep` of the place's store returns it


@dataclass(frozen=True)
class KeptOutside:
    """Both simulators, and the number of the next token."""

    state: bytes
    number: int


def keep(place: "Place") -> Kept:
    """Copy the state of a place, which stays usable."""
    return Kept(keep_outside(place), place.store.keep())


def put_back(place: "Place", kept: Kept) -> None:
    """Replace the state of a place by a copy; its clock and its settings stay."""
    put_back_outside(place, kept.outside)
    place.store.put_back(kept.store)


def keep_outside(place: "Place") -> KeptOutside:
    """Copy the state of both simulators."""
    number = next(place._numbers)
    place._numbers = iter(range(number, 10**9))
    state = io.BytesIO()
    _Pickler(state, place).dump((_state(place.world, _WORLD), _state(place.tenant, _TENANT)))
    return KeptOutside(state.getvalue(), number)


def put_back_outside(place: "Place", kept: KeptOutside) -> None:
    """Replace the state of both simulators, and the numbers of tokens, by a copy."""
    world, tenant = _Unpickler(io.BytesIO(kept.state), place).load()
    vars(place.world).update(world)
    vars(place.tenant).update(tenant)
    place._numbers = iter(range(kept.number, 10**9))


def _shared(place: "Place") -> tuple[object, ...]:
    """Return the objects that must not be copied: the simulators, to which the routes refer."""
    return place.world, place.world.channels.wake, place.tenant


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, place: "Place") -> None:
        super().__init__(file, protocol=5)
        self._shared = {id(each): number for number, each in enumerate(_shared(place))}

    def persistent_id(self, obj: object) -> int | None:
        return self._shared.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, place: "Place") -> None:
        super().__init__(file)
        self._shared = _shared(place)

    def persistent_load(self, pid: int) -> object:
        return self._shared[pid]


def _state(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in vars(thing).items() if name in names}
