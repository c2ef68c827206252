"""Time: both nights of a change, in seven zones and both directions, with an i-Reserve that keeps the repeated hour or not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from tests.harness.deeds import active
from tests.harness.place import ROOM_A, START, Place, when

ZONES = (
    "Europe/Amsterdam",
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Asia/Beirut",
)
# minutes from the change: the last quarter before it until a quarter after it, within the repeated hour, and around it
SPANS = ((-30, 15), (-45, -15), (5, 25), (-180, 240), (-60, 60))


def same(zone: ZoneInfo, *moments: datetime) -> bool:
    return len({moment.astimezone(zone).utcoffset() for moment in moments}) == 1


def changes(zone: str) -> Iterator[datetime]:
    """The moments of the window at which the zone's clocks change; where they never do, two of a usual night."""
    here, found = ZoneInfo(zone), 0
    for day in range(350):
        begun = START + timedelta(days=day)
        if not same(here, begun, begun + timedelta(days=1)):
            halves = [begun + timedelta(minutes=30 * number) for number in range(49)]
            found += 1
            yield next(after for before, after in pairwise(halves) if not same(here, before, after))
    if not found:
        yield from (datetime(2027, 3, 28, 20, 30, tzinfo=UTC), datetime(2027, 10, 30, 20, 30, tzinfo=UTC))


NIGHTS = [(zone, change) for zone in ZONES for change in changes(zone)]


def name(value: object) -> str:
    return f"{value:%m-%d}" if isinstance(value, datetime) else str(value).replace("/", "-")


def zoned(place: Place, zone: str, *, keeps: bool = True, **outbound: Any) -> None:
    place.ireserve("PATCH", "objects/10", {"places": 20})
    place.ireserve("PATCH", "dialect", {"timezone": zone, "keeps_repeated_hour": keeps})
    active(place, {"timezone": zone}, **outbound)


def span_of(change: datetime, span: tuple[int, int], zone: str) -> tuple[str, str]:
    start, end = (change + timedelta(minutes=minutes) for minutes in span)
    here = ZoneInfo(zone)
    return start.astimezone(here).isoformat(), end.astimezone(here).isoformat()


def moments(*texts: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text).astimezone(UTC) for text in texts)


def shown(place: Place) -> list[tuple[datetime, ...]]:
    return sorted(moments(event["start"]["dateTime"], event["end"]["dateTime"]) for event in place.events())


def booked(place: Place) -> list[tuple[datetime, ...]]:
    return sorted(moments(booking["date_from"], booking["date_till"]) for booking in place.bookings())


def draw(place: Place, start: str, end: str) -> str:
    body = {"summary": "Nacht", "start": {"dateTime": start}, "end": {"dateTime": end}}
    return str(place.google("POST", f"calendars/{quote(ROOM_A)}/events", body)["id"])


def writes(place: Place) -> list[str]:
    reads = ("calendar.events.list", "calendar.events.get", "calendar.calendarList.list")
    return [call for call in place.calls() if call not in reads] + [
        call for call in place.ireserve_calls() if not call.startswith("GET")
    ]


def seen_as(place: Place, day: str) -> list[str]:
    """How bookings and events of a day relate, as the day's page says."""
    return [item["relation"] for room in place.api("GET", f"/7/day?date={day}")["rooms"] for item in room["found"]]


def search_all(place: Place) -> list[str]:
    """Look at everything again, and return what was written."""
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    place.api("POST", "/7/sweep")
    place.settle()
    return writes(place)


@pytest.mark.parametrize(("zone", "change"), NIGHTS, ids=name)
def test_bookings_of_a_night_of_change_are_events_of_the_same_moments(
    place: Place, zone: str, change: datetime
) -> None:
    zoned(place, zone, title_template="{MINUTES}")
    spans = [span_of(change, span, zone) for span in SPANS]
    for start, end in spans:
        place.book(start, end)
    place.settle()
    assert shown(place) == sorted(moments(*span) for span in spans)
    assert sorted(event["summary"] for event in place.events()) == sorted(str(end - start) for start, end in SPANS)
    assert search_all(place) == []


@pytest.mark.parametrize(("zone", "change"), NIGHTS, ids=name)
def test_events_of_a_night_of_change_are_bookings_of_the_same_moments_and_take_them_along(
    place: Place, zone: str, change: datetime
) -> None:
    zoned(place, zone)
    spans = [span_of(change, span, zone) for span in SPANS]
    drawn = [draw(place, start, end) for start, end in spans]
    place.settle()
    assert booked(place) == shown(place) == sorted(moments(*span) for span in spans)
    spans[0] = span_of(change, (15, 75), zone)
    place.edit(drawn[0], start={"dateTime": spans[0][0]}, end={"dateTime": spans[0][1]})
    place.settle()
    assert booked(place) == shown(place) == sorted(moments(*span) for span in spans)
    assert search_all(place) == []


@pytest.mark.parametrize("span", [(-50, -10), (10, 50), (10, 150), (-180, 240)])
def test_an_i_reserve_that_forgets_which_half_past_two_it_was_does_not_change_the_event(
    place: Place, span: tuple[int, int]
) -> None:
    zoned(place, "Europe/Amsterdam", keeps=False)
    start, end = span_of(datetime(2027, 10, 31, 1, tzinfo=UTC), span, "Europe/Amsterdam")
    draw(place, start, end)
    place.settle()
    (booking,) = place.bookings()
    assert booking["from"] == start[:16]
    assert search_all(place) == []
    assert shown(place) == [moments(start, end)]
    assert seen_as(place, start[:10]) == ["same"]
    place.api("POST", "/7/audit")
    place.settle(60)
    assert place.api("GET", "/7/audit")["found"] == 0


def test_whole_days_of_an_object_booked_by_the_hour_are_shown_as_the_same(place: Place) -> None:
    active(place)
    place.api("PUT", "/7/dialect", {"hour_objects": ["10"]})
    place.draw("2026-11-24", "2026-11-25")
    place.settle()
    assert seen_as(place, "2026-11-24") == ["same"]


@pytest.mark.parametrize("whole", [("2026-11-24", "2026-11-25"), ("2026-11-24T00:00", "2026-11-25T00:00")])
def test_a_whole_day_is_never_read_as_two_where_the_last_one_counts_and_an_object_is_not_known_to_run_by_the_hour(
    place: Place, whole: tuple[str, str]
) -> None:
    """A booking from midnight to midnight is of one day by the hour, and of two by the day."""
    place.ireserve("PATCH", "dialect", {"day_end": "inclusive"})
    place.activate(sync={"day_end": "inclusive"}, inbound={"allow_booking_update": True})
    place.book()
    place.settle()
    before, (event,) = booked(place), place.events()
    place.edit(event["id"], **when(*whole))
    place.settle(120)
    (after,) = place.events()
    assert (booked(place), after["start"], after["end"]) == (before, event["start"], event["end"])
    assert "per dag of per uur" in place.events()[0]["description"]
    place.api("PUT", "/7/dialect", {"hour_objects": ["10"]})
    place.edit(event["id"], **when(*whole))
    place.settle(120)
    (booking,) = place.bookings()
    assert (booking["from"], booking["till"]) == ("2026-11-24T00:00", "2026-11-25T00:00")
    assert search_all(place) == []
    assert seen_as(place, "2026-11-24") == ["same"]


def test_an_i_reserve_that_forgets_refuses_what_its_wall_clock_cannot_say(place: Place) -> None:
    zoned(place, "Europe/Amsterdam", keeps=False)
    start, end = "2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"
    draw(place, start, end)
    place.settle()
    assert (booked(place), shown(place)) == ([], [moments(start, end)])
    assert "i-Reserve weigert" in place.events()[0]["description"]


@pytest.mark.parametrize(
    ("start", "end", "lasts"),
    [
        ("02:00", "03:00", ("03:00", "04:00")),
        ("02:30", "03:00", ("03:30", "04:00")),
        ("02:30", "03:15", ("03:30", "04:15")),
        ("02:30", "03:30", ("03:30", "04:30")),
        ("02:15", "02:45", ("03:15", "03:45")),
        ("02:30", "04:00", ("03:30", "04:00")),
        ("01:30", "02:30", ("01:30", "03:30")),
    ],
)
def test_a_booking_in_the_hour_that_spring_skips_is_shown_after_it_and_follows_its_event(
    place: Place, start: str, end: str, lasts: tuple[str, str]
) -> None:
    zoned(place, "Europe/Amsterdam")
    day = "2027-03-28"
    booking = place.book(f"{day}T{start}", f"{day}T{end}")
    place.settle()
    event = place.event()
    assert tuple(event[side]["dateTime"][:16] for side in ("start", "end")) == tuple(f"{day}T{at}" for at in lasts)
    assert search_all(place) == []
    assert seen_as(place, day) == ["same"]
    place.api("PUT", "/7", {**place.api("GET", "/7"), "inbound": {"allow_booking_update": True}})
    place.drag(event["id"], f"{day}T05:00", f"{day}T05:30")
    place.settle()
    assert [place.booking(booking)[side][11:16] for side in ("date_from", "date_till")] == ["05:00", "05:30"]
