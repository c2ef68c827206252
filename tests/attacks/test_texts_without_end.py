"""However long a text from outside is: it is cut where it comes in, costs its length, and never the event or booking."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters.google.event import item_of, patch_body
from functions.adapters.ireserve.booking import booking_from, fields_of
from functions.adapters.ireserve.filter import booking_rows, rows_of
from functions.application.ports import Unusable
from functions.domain.model import bounds
from functions.domain.model.event import Event, Mark
from functions.domain.pairing.writes import EventChange
from functions.domain.settings.dialect import Dialect
from tests.harness.deeds import active
from tests.harness.place import Place

MILLION = "a" * 1_000_000
EVENT = {
    "id": "abc",
    "start": {"dateTime": "2026-11-24T10:00:00Z"},
    "end": {"dateTime": "2026-11-24T11:00:00Z"},
    "organizer": {"self": True},
}
BOOKING = {
    "id": 1001,
    "object_id": 10,
    "status_code": 20,
    "date_from": "2026-11-24 10:00",
    "date_till": "2026-11-24 11:00",
}


def event(**fields: Any) -> Event:
    found = item_of("room", {**EVENT, **fields})
    assert isinstance(found, Event)
    return found


def test_the_texts_of_an_event_are_cut_and_the_event_is_there() -> None:
    found = event(
        summary=MILLION,
        description=MILLION,
        location=MILLION,
        colorId=MILLION,
        htmlLink="https://x/" + MILLION,
        hangoutLink="https://x/" + MILLION,
        extendedProperties={"private": {"ireserve_stamp": MILLION}},
    )
    assert (len(found.title), len(found.style.location), len(found.style.colour)) == (bounds.LINE,) * 3
    assert len(found.description) == bounds.TEXT
    assert len(found.mark.stamp) == bounds.ID
    assert (found.html_link, found.meet_url) == ("", "")


@pytest.mark.parametrize("value", [7, True, ["a"], {"a": "b"}])
def test_what_is_no_text_does_not_cost_the_event(value: object) -> None:
    found = event(summary=value, description=value, location=value, colorId=value, visibility=value, htmlLink=value)
    assert (found.title, found.description, found.style.location, found.html_link) == ("", "", "", "")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " https://x"])
def test_a_link_that_is_no_web_address_is_none(link: str) -> None:
    found = event(htmlLink=link, conferenceData={"entryPoints": [{"entryPointType": "video", "uri": link}]})
    assert (found.html_link, found.meet_url) == ("", "")


@pytest.mark.parametrize("name", ["id", "recurringEventId", "etag"])
def test_an_id_is_never_cut_but_makes_the_event_one_that_cannot_be_used(name: str) -> None:
    assert isinstance(item_of("room", {**EVENT, name: MILLION}), Unusable)


def test_no_guest_is_left_out_however_many_there_are() -> None:
    guests = [{"email": f"guest-{number}@example.org", "comment": "x"} for number in range(50_000)]
    began = time.process_time()
    found = event(attendees=[*guests, {"email": MILLION}])
    body = patch_body(found, EventChange(guest_in="new@example.org"), Mark("7", "link", "stamp"))
    assert time.process_time() - began < 5
    assert body["attendees"] == [*guests, {"email": MILLION}, {"email": "new@example.org"}]
    assert max(len(guest.email) for guest in found.guests) <= bounds.ADDRESS


def test_the_texts_of_a_booking_are_cut_and_the_booking_is_there() -> None:
    answer = {**BOOKING, "remarks": MILLION, "email": MILLION, "custom01": {"a": MILLION}, MILLION: MILLION}
    found = booking_from(fields_of(answer), "Europe/Amsterdam", "exclusive", Dialect())
    assert found.starts == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert len(found.remarks) == bounds.TEXT
    assert max(len(each) for pair in found.fields.items() for each in pair) <= bounds.TEXT


def test_a_booking_of_a_million_fields_is_read_as_far_as_one_has_fields() -> None:
    fields = fields_of({**BOOKING, **{f"field{number}": "x" for number in range(1_000_000)}})
    assert len(fields) == bounds.FIELDS
    assert booking_from(fields, "Europe/Amsterdam", "exclusive", Dialect()).id == "1001"


@pytest.mark.parametrize("name", ["a/b", "__x__", "..", "1" * 65, "1\n2", '1" OR 1=1', "é", MILLION])
def test_what_can_be_no_number_of_a_booking_is_none(name: str) -> None:
    rows = rows_of([{"RES_ID": name, "RES_FROMDATE": "24-11-2026"}, {"RES_ID": "1001"}])
    assert [row.id for row in booking_rows(rows, "Europe/Amsterdam", Dialect())] == ["1001"]


def test_an_event_with_a_text_without_end_becomes_a_booking_and_nothing_is_left_to_do(place: Place) -> None:
    active(place)
    place.draw("2026-11-24T10:00", "2026-11-24T11:00", summary=MILLION[:100_000], description="<br> ⚠" * 50_000)
    place.settle()
    place.draw("2026-11-24T12:00", "2026-11-24T13:00", summary="Vergadering")
    place.settle()
    assert len(place.bookings()) == 2
    assert place.api("GET", "/7/plan?refresh=1")["lines"] == []
