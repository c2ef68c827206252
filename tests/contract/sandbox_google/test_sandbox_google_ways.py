"""Google's own ways, as reports and recorded answers show them: texts, addresses, roles, rooms, lists, partial answers."""

from __future__ import annotations

from typing import Any

import pytest
from google_in_process import ROOM_A, Google, at, meeting
from googleapiclient.errors import HttpError

HALL = "c_hall1@resource.calendar.google.com"
EDGE = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"


@pytest.fixture
def google() -> Google:
    return Google()


@pytest.fixture
def events(google: Google) -> Any:
    return google.calendar().events()


def draw(google: Google, calendar: str = ROOM_A, query: str = "", **fields: Any) -> Any:
    return google.control("POST", f"calendars/{calendar}/events{query}", meeting(**fields))


def reason(refused: pytest.ExceptionInfo[HttpError]) -> tuple[int, str]:
    details: Any = refused.value.error_details
    return refused.value.status_code, details[0]["reason"]


def test_google_cuts_its_own_conference_block_out_of_what_a_client_writes(events: Any) -> None:
    text = f"Notitie\n{EDGE}\nJoin with Google Meet: https://meet.example.org/abc\n{EDGE}"
    assert events.insert(calendarId=ROOM_A, body=meeting(description=text)).execute()["description"] == "Notitie"
    typed = "Notitie\n-::~:~::-\nhier\n-::~:~::-"
    assert events.insert(calendarId=ROOM_A, body=meeting(description=typed)).execute()["description"] == typed


def test_a_programs_markup_is_stored_as_sent_and_the_web_editor_rewrites_it(google: Google, events: Any) -> None:
    event = events.insert(calendarId=ROOM_A, body=meeting(description="<b>Een</b>\nTwee  drie")).execute()
    assert event["description"] == "<b>Een</b>\nTwee  drie"
    google.control("POST", "texts", {"mode": "web"})
    text = "Een & twee\nhttps://example.org/a"
    event = events.patch(calendarId=ROOM_A, eventId=event["id"], body={"description": text}).execute()
    link = '<a href="https://example.org/a">https://example.org/a</a>'
    whole = f"<html-blob><u></u><p><span>Een &amp; twee<br>{link}</span></p></html-blob>"
    assert event["description"] == whole


@pytest.mark.parametrize(
    "address",
    [
        "jan@example.nl.",
        "Jan.(2002)@example.nl",
        "jan..de.boer@example.nl",
        "'jan@example.nl",
        "mailto:jan@example.nl",
        "jan",
    ],
)
def test_an_address_that_looks_odd_is_refused_with_the_whole_event(events: Any, address: str) -> None:
    with pytest.raises(HttpError, match="Invalid attendee email") as refused:
        events.insert(calendarId=ROOM_A, body=meeting(attendees=[{"email": address}])).execute()
    assert reason(refused) == (400, "invalid")


def test_a_guest_without_an_address_is_refused_of_a_program_with_the_whole_list(events: Any) -> None:
    event = events.insert(calendarId=ROOM_A, body=meeting()).execute()
    guests = [{"email": "jan@example.org"}, {"displayName": "Tante Jo"}]
    with pytest.raises(HttpError) as refused:
        events.patch(calendarId=ROOM_A, eventId=event["id"], body={"attendees": guests}).execute()
    assert reason(refused) == (400, "required")


def test_of_an_event_with_many_guests_only_the_own_entry_is_shown_and_a_list_that_says_so_uninvites_nobody(
    google: Google, events: Any
) -> None:
    guests = [{"email": f"gast{number}@example.org"} for number in range(3)]
    made = draw(google, attendees=[*guests, {"email": ROOM_A}])
    one = {"calendarId": ROOM_A, "eventId": made["id"]}
    part = events.get(**one, maxAttendees=3).execute()
    assert ([guest["email"] for guest in part["attendees"]], part["attendeesOmitted"]) == ([ROOM_A], True)
    assert "attendeesOmitted" not in events.get(**one, maxAttendees=4).execute()
    google.control("POST", "guests", {"shown": 3})
    (listed,) = events.list(calendarId=ROOM_A).execute()["items"]
    assert (len(listed["attendees"]), listed["attendeesOmitted"]) == (1, True)
    answer = {"attendeesOmitted": True, "attendees": [{"email": ROOM_A, "responseStatus": "declined"}]}
    events.patch(**one, body=answer).execute()
    events.patch(**one, body={"summary": "Feest"}).execute()
    google.control("POST", "guests", {"shown": None})
    whole = events.get(**one).execute()
    assert [guest["responseStatus"] for guest in whole["attendees"]] == ["needsAction"] * 3 + ["declined"]
    assert "attendeesOmitted" not in whole


def test_what_is_too_long_is_cut_without_a_word(google: Google, events: Any) -> None:
    google.control("POST", "texts", {"longest": 5})
    event = events.insert(calendarId=ROOM_A, body=meeting(summary="Zaal A", description="Notitie", location="Noord 1"))
    assert [event.execute()[name] for name in ("summary", "description", "location")] == ["Zaal ", "Notit", "Noord"]


def test_an_imported_event_does_not_know_when_it_was_made_and_may_have_guests_without_an_address(
    google: Google, events: Any
) -> None:
    made = draw(google, query="?imported=1", attendees=[{"displayName": "Tante An"}])
    event = events.get(calendarId=ROOM_A, eventId=made["id"]).execute()
    assert event["created"] == "0000-12-31T00:00:00.000Z"
    assert event["attendees"] == [{"displayName": "Tante An", "responseStatus": "needsAction"}]
    with pytest.raises(HttpError, match="Missing attendee email"):
        events.patch(calendarId=ROOM_A, eventId=made["id"], body={"attendees": event["attendees"]}).execute()
    events.patch(calendarId=ROOM_A, eventId=made["id"], body={"summary": "Feest"}).execute()


def test_a_timed_event_without_length_is_refused(events: Any) -> None:
    with pytest.raises(HttpError) as refused:
        events.insert(calendarId=ROOM_A, body=meeting(end=at(10))).execute()
    assert reason(refused) == (400, "timeRangeEmpty")


def test_who_may_not_see_private_events_sees_when_they_are_and_cannot_write_them(google: Google, events: Any) -> None:
    google.control("POST", "calendars", {"id": "shared@group.calendar.google.com", "account": "guest@example.org"})
    shared = {"id": "shared@group.calendar.google.com", "account": "planner@example.org"}
    google.control("POST", "calendars", {**shared, "access_role": "writerWithoutPrivateAccess"})
    private = draw(google, shared["id"], visibility="private", description="Geheim")
    seen = events.get(calendarId=shared["id"], eventId=private["id"]).execute()
    assert seen["visibility"] == "private"
    assert not {"summary", "description", "creator"} & seen.keys()
    with pytest.raises(HttpError) as refused:
        events.patch(calendarId=shared["id"], eventId=private["id"], body={"summary": "Anders"}).execute()
    assert reason(refused) == (403, "forbidden")
    own = events.insert(calendarId=shared["id"], body=meeting(visibility="private")).execute()
    assert events.get(calendarId=shared["id"], eventId=own["id"]).execute()["summary"] == "Court 1"


def test_a_room_is_taken_by_inviting_it(google: Google, events: Any) -> None:
    google.control("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    made = draw(google, attendees=[{"email": HALL}])
    copy = events.get(calendarId=HALL, eventId=made["id"]).execute()
    assert copy["organizer"] == {"email": ROOM_A}
    assert copy["attendees"] == [{"email": HALL, "responseStatus": "accepted", "resource": True, "self": True}]
    assert made["attendees"] == [{"email": HALL, "responseStatus": "accepted", "resource": True}]
    second = draw(google, attendees=[{"email": HALL}])
    assert second["attendees"][0]["responseStatus"] == "declined"
    google.control("DELETE", f"calendars/{ROOM_A}/events/{made['id']}")
    assert events.get(calendarId=HALL, eventId=made["id"]).execute()["status"] == "cancelled"


def test_whole_days_are_midnights_on_a_rooms_calendar(google: Google, events: Any) -> None:
    google.control("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    days: Any = {"start": {"date": "2026-03-28"}, "end": {"date": "2026-03-30"}}
    made = draw(google, attendees=[{"email": HALL}], **days)
    assert made["start"] == {"date": "2026-03-28"}
    copy = events.get(calendarId=HALL, eventId=made["id"]).execute()
    own = events.insert(calendarId=HALL, body=meeting(**days)).execute()
    for seen in (copy, own):
        assert seen["start"] == {"dateTime": "2026-03-28T00:00:00+01:00", "timeZone": "Europe/Amsterdam"}
        assert seen["end"] == {"dateTime": "2026-03-30T00:00:00+02:00", "timeZone": "Europe/Amsterdam"}


def test_the_list_shows_subscribed_calendars_only_with_their_data_owner(google: Google) -> None:
    listed = google.calendar().calendarList()
    found = {entry["id"]: entry for entry in listed.list().execute()["items"]}
    assert found[ROOM_A]["dataOwner"] == "planner@example.org"
    assert "dataOwner" not in found["planner@example.org"]
    google.control("PATCH", f"calendars/{ROOM_A}", {"subscribed": False})
    assert ROOM_A not in {entry["id"] for entry in listed.list().execute()["items"]}
    with pytest.raises(HttpError, match="404"):
        listed.get(calendarId=ROOM_A).execute()
    assert google.calendar().events().list(calendarId=ROOM_A).execute()["items"] == []


@pytest.mark.parametrize(("shows_as", "free"), [("", True), ("busy", False), ("free", True)])
def test_whoever_draws_a_whole_day_on_the_page_draws_it_as_free(google: Google, shows_as: str, free: bool) -> None:  # noqa: FBT001
    form = {"calendar": ROOM_A, "summary": "Vrij", "all_day": "1", "shows_as": shows_as}
    google.client.post("/page/event", data={**form, "start": "2026-03-12T10:00", "end": "2026-03-12T11:00"})
    (event,) = google.control("GET", f"calendars/{ROOM_A}/events")
    assert (event.get("transparency") == "transparent") is free


def test_fields_cut_an_answer(events: Any) -> None:
    events.insert(calendarId=ROOM_A, body=meeting(id="event0")).execute()
    answer = events.list(calendarId=ROOM_A, fields="items(id,start/dateTime),nextSyncToken").execute()
    assert answer.keys() == {"items", "nextSyncToken"}
    assert answer["items"] == [{"id": "event0", "start": {"dateTime": "2026-03-10T10:00:00+01:00"}}]
    with pytest.raises(HttpError, match="Invalid field selection"):
        events.list(calendarId=ROOM_A, fields="items(id").execute()


def test_free_busy_joins_the_taken_hours_and_colours_have_numbers(google: Google, events: Any) -> None:
    events.insert(calendarId=ROOM_A, body=meeting(start=at(10), end=at(12))).execute()
    events.insert(calendarId=ROOM_A, body=meeting(start=at(11), end=at(13))).execute()
    events.insert(calendarId=ROOM_A, body=meeting(start=at(15), end=at(16), transparency="transparent")).execute()
    asked = {"timeMin": "2026-03-10T00:00:00Z", "timeMax": "2026-03-11T00:00:00Z", "items": [{"id": ROOM_A}]}
    answer = google.calendar().freebusy().query(body=asked).execute()
    busy = [{"start": "2026-03-10T09:00:00Z", "end": "2026-03-10T12:00:00Z"}]
    assert answer["calendars"] == {ROOM_A: {"busy": busy}}
    assert "11" not in google.calendar().colors().get().execute()["event"]


def test_a_room_s_answer_is_seen_by_the_organizer_and_asked_anew_when_the_event_moves(
    google: Google, events: Any
) -> None:
    google.control("POST", "calendars", {"id": HALL, "account": "planner@example.org"})
    made = draw(google, attendees=[{"email": HALL}])
    answer = {"email": HALL, "responseStatus": "declined", "comment": "Bezet"}
    events.patch(calendarId=HALL, eventId=made["id"], body={"attendeesOmitted": True, "attendees": [answer]}).execute()
    (seen,) = events.get(calendarId=ROOM_A, eventId=made["id"]).execute()["attendees"]
    assert (seen["responseStatus"], seen["comment"]) == ("declined", "Bezet")
    google.control("PATCH", f"calendars/{ROOM_A}/events/{made['id']}", {"start": at(14), "end": at(15)})
    (seen,) = events.get(calendarId=HALL, eventId=made["id"]).execute()["attendees"]
    assert (seen["responseStatus"], "comment" in seen) == ("accepted", False)


def test_a_room_that_does_not_answer_by_itself_leaves_it_to_others(google: Google) -> None:
    google.control("POST", "calendars", {"id": HALL, "account": "planner@example.org", "accepts": False})
    made = draw(google, attendees=[{"email": HALL}])
    assert made["attendees"][0]["responseStatus"] == "needsAction"
    entry = next(each for each in google.calendar().calendarList().list().execute()["items"] if each["id"] == HALL)
    assert entry["autoAcceptInvitations"] is False


def test_a_label_is_taken_by_its_id_by_clients_that_speak_of_labels(google: Google, events: Any) -> None:
    labels = [{"id": "l-1", "name": "Sport", "backgroundColor": "#039be5"}]
    google.control("PATCH", f"calendars/{ROOM_A}", {"labels": labels})
    assert google.calendar().calendars().get(calendarId=ROOM_A).execute()["labelProperties"]["eventLabels"] == labels
    body = meeting(eventLabelId="l-1", colorId="2")
    made = events.insert(calendarId=ROOM_A, body=body, eventLabelVersion=1).execute()
    assert (made.get("eventLabelId"), made.get("colorId")) == ("l-1", None)
    kept = events.patch(calendarId=ROOM_A, eventId=made["id"], body={"summary": "Anders"}).execute()
    assert kept["eventLabelId"] == "l-1"
    with pytest.raises(HttpError) as refused:
        events.insert(calendarId=ROOM_A, body=meeting(eventLabelId="l-2"), eventLabelVersion=1).execute()
    assert reason(refused)[0] == 400
