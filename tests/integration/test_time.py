"""Time: both nights of a change, in seven zones and both directions, with an i-Reserve that keeps the repeated hour or not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from tests.harness.deeds import active
from tests.harness.place import ROOM_A, START, Place

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


def changes(zone: str) -> Iterator[datetime]:
    """The moments of the window at which the zone's clocks change; where they never do, two of a usual night."""
    here, moment = ZoneInfo(zone), START
    found = 0
    while moment < START + timedelta(days=350):
        after = moment + timedelta(minutes=30)
        if moment.astimezone(here).utcoffset() != after.astimezone(here).utcoffset():
            found += 1
            yield after
        moment = after
    if not found:
        yield from (datetime(2027, 3, 28, 20, 30, tzinfo=UTC), datetime(2027, 10, 30, 20, 30, tzinfo=UTC))


NIGHTS = [(zone, change) for zone in ZONES for change in changes(zone)]
CASES = [(zone, change, span) for zone, change in NIGHTS for span in SPANS]


def name(value: object) -> str:
    return f"{value:%m-%d}" if isinstance(value, datetime) else str(value).replace("/", "-")


def zoned(place: Place, zone: str, *, keeps: bool = True, **outbound: Any) -> None:
    place.ireserve("PATCH", "dialect", {"timezone": zone, "keeps_repeated_hour": keeps})
    active(place, {"timezone": zone}, **outbound)


def span_of(change: datetime, span: tuple[int, int], zone: str) -> tuple[str, str]:
    start, end = (change + timedelta(minutes=minutes) for minutes in span)
    here = ZoneInfo(zone)
    return start.astimezone(here).isoformat(), end.astimezone(here).isoformat()


def moments(*texts: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(text).astimezone(UTC) for text in texts)


def shown(place: Place) -> tuple[datetime, ...]:
    event = place.event()
    return moments(event["start"]["dateTime"], event["end"]["dateTime"])


def booked(place: Place) -> tuple[datetime, ...]:
    (booking,) = place.bookings()
    return moments(booking["date_from"], booking["date_till"])


def draw(place: Place, start: str, end: str) -> str:
    body = {"summary": "Nacht", "start": {"dateTime": start}, "end": {"dateTime": end}}
    return str(place.google("POST", f"calendars/{quote(ROOM_A)}/events", body)["id"])


def writes(place: Place) -> list[str]:
    reads = ("calendar.events.list", "calendar.events.get", "calendar.calendarList.list")
    return [call for call in place.calls() if call not in reads] + [
        call for call in place.ireserve_calls() if not call.startswith("GET")
    ]


def search_all(place: Place) -> list[str]:
    """Look at everything again, and return what was written."""
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    place.api("POST", "/7/sweep")
    place.settle()
    return writes(place)


@pytest.mark.parametrize(("zone", "change", "span"), CASES, ids=name)
def test_a_booking_of_a_night_of_change_is_an_event_of_the_same_moments(
    place: Place, zone: str, change: datetime, span: tuple[int, int]
) -> None:
    zoned(place, zone, title_template="{MINUTES}")
    start, end = span_of(change, span, zone)
    place.book(start, end)
    place.settle()
    assert shown(place) == moments(start, end)
    assert place.event()["summary"] == str(span[1] - span[0])
    assert search_all(place) == []


@pytest.mark.parametrize(("zone", "change", "span"), CASES, ids=name)
def test_an_event_of_a_night_of_change_is_a_booking_of_the_same_moments(
    place: Place, zone: str, change: datetime, span: tuple[int, int]
) -> None:
    zoned(place, zone)
    start, end = span_of(change, span, zone)
    draw(place, start, end)
    place.settle()
    assert booked(place) == shown(place) == moments(start, end)
    assert search_all(place) == []
    assert booked(place) == shown(place) == moments(start, end)


@pytest.mark.parametrize(("zone", "change"), NIGHTS, ids=name)
def test_an_event_dragged_within_a_night_of_change_takes_its_booking_along(
    place: Place, zone: str, change: datetime
) -> None:
    zoned(place, zone)
    drawn = draw(place, *span_of(change, (-30, 15), zone))
    place.settle()
    start, end = span_of(change, (15, 75), zone)
    place.edit(drawn, start={"dateTime": start}, end={"dateTime": end})
    place.settle()
    assert booked(place) == shown(place) == moments(start, end)
    assert search_all(place) == []


@pytest.mark.parametrize("span", [(-50, -10), (10, 50), (10, 150), (-30, 30), (-180, 240)])
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
    assert shown(place) == moments(start, end)


def test_a_booking_that_ends_in_the_repeated_hour_before_it_began_ends_in_the_second_one(place: Place) -> None:
    zoned(place, "Europe/Amsterdam", keeps=True)
    place.book("2027-10-31T02:30:00+02:00", "2027-10-31T02:15:00+01:00")
    place.ireserve("PATCH", "dialect", {"keeps_repeated_hour": False})
    place.settle()
    assert shown(place) == moments("2027-10-31T02:30:00+02:00", "2027-10-31T02:15:00+01:00")
