"""How many calls does a change cost at Google and at i-Reserve? Counted in the simulators' call logs, in process."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from functions.application.intake.hints import Hint, Kind, task
from functions.domain.model.identity import calendar_hash
from tests.bench.measure import Figure, Plan
from tests.harness.deeds import active
from tests.harness.place import ROOM_A, Place

HOW = "call logs of both simulators, in process; one change, then a minute of looks"
GOOGLE, IRESERVE = "calendar.events.", "hook/booking/"
LATER = {"start": "2026-11-24T12:00", "end": "2026-11-24T13:00"}


@contextmanager
def stage(**outbound: object) -> Iterator[Place]:
    """Give a place that follows its bookings and has one; what its own pulls cost is counted by itself."""
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), on_disk=True)
        place.ireserve("PATCH", "dialect", {"hook_booking_fires_hooks": False})
        active(place, **outbound)
        place.api("PUT", "/7/dialect", {"write_validates": True})  # so that the guard against double booking is off
        place.google("POST", "notifications", {"mode": "drop"})
        yield place
        place.file.close()


def outbound(change: Callable[[Place, str], object], **settings: object) -> tuple[int, int, int, int]:
    """Return Google's calls and writes, and i-Reserve's reads and writes, that one change of a booking costs."""
    with stage(**settings) as place:
        booking = place.book()
        place.settle()
        place.forget()
        change(place, booking)
        place.settle(60)
        google, ireserve = place.calls(), place.ireserve_calls()
        reads = sum(call.startswith(f"{GOOGLE}{name}") for call in google for name in ("get", "list"))
        backs = sum(call.endswith(IRESERVE) for call in ireserve)
        return len(google), len(google) - reads, len(ireserve) - backs, backs


def create() -> tuple[int, int, int]:
    """Return Google's calls, and i-Reserve's reads and writes, that a new booking costs."""
    with stage() as place:
        place.forget()
        place.book()
        place.settle(60)
        ireserve = place.ireserve_calls()
        backs = sum(call.endswith(IRESERVE) for call in ireserve)
        return len(place.calls()), len(ireserve) - backs, backs


def pull(place: Place) -> tuple[list[str], list[str]]:
    """Pull the first calendar and return the calls to both sides."""
    place.forget()
    hint = Hint(Kind.CALENDAR, "7", (calendar_hash(ROOM_A),), "person", place.now)
    place.tasks.put(task(hint, place.now, "now", 0))
    place.settle()
    return place.calls(), place.ireserve_calls()


def pages() -> tuple[float, int]:
    """Return the calls for each page of echoes, and the calls beyond those, to either side."""
    with stage() as place:
        for hour in range(8, 18):
            place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30")
        place.settle()
        place.google("POST", "pages", {"size": 4})
        google, ireserve = pull(place)
        return len(google) / 3, len(google) + len(ireserve) - 3


def inbound() -> tuple[tuple[int, int, int], int]:
    """Return i-Reserve's reads, checks and writes for a moved event, and the same in sum for a new one."""
    with stage() as place:
        place.ireserve("POST", "hooks/mode", {"mode": "drop"})
        event = place.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
        _, made = pull(place)
        place.drag(event, "2026-11-24T14:00", "2026-11-24T15:00")
        _, moved = pull(place)
        checks = made.count("POST booking/check")
        writes = made.count(f"POST {IRESERVE}")
        return (len(made) - checks - writes, checks, writes), len(moved)


def measure(_plan: Plan) -> Iterator[Figure]:
    made = create()
    yield count("Google calls, new booking", 1, made[0])
    yield count("i-Reserve reads, new booking (leading, trailing)", 2, made[1])
    yield count("i-Reserve write-backs, new booking", 1, made[2])
    times = outbound(lambda place, booking: place.change(booking, **LATER))
    yield count("Google calls, times only", 1, times[0])
    yield count("i-Reserve reads, times only (leading, trailing)", 2, times[2])
    text = outbound(lambda place, booking: place.change(booking, remarks="andere tekst"))
    yield count("Google calls, description", 2, text[0])
    guest = outbound(lambda place, booking: place.change(booking, customer_id=3), use_customer_data=True)
    yield count("Google calls, guests", 2, guest[0])
    plain = {"title_template": "Reservering {BOOKING_NUMBER}"}
    yield count("Google calls, move", 1, outbound(lambda place, b: place.change(b, object_id=11), **plain)[0])
    both = outbound(lambda place, b: place.change(b, object_id=11, **LATER), **plain)
    yield count("Google calls, move and times", 2, both[0])
    echo = outbound(lambda place, booking: place.change(booking, number=1))
    yield count("Google writes, webhook without a change", 0, echo[1])
    each, more = pages()
    yield count("Google calls per page of a pull", 1, each)
    yield count("calls beside those, all events being echoes", 0, more)
    new, moved = inbound()
    yield count("i-Reserve reads, checks and writes, new event", (1, 1, 1), new)
    yield count("i-Reserve calls (1 read, 1 write), moved event", 2, moved)


def count(what: str, budget: object, found: object) -> Figure:
    def text(value: object) -> str:
        return " + ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"

    return Figure(what, text(budget), text(found), found == budget, HOW)
