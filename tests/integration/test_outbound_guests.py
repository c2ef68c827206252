"""Use customer data and notify guests: the customer as a guest, guests that people added, and the mails."""

from typing import Any

import pytest

from tests.harness.deeds import active, changed, made, writes
from tests.harness.place import GUEST, ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

TEST = "test@example.org"


def addresses(event: dict[str, object]) -> list[str]:
    guests = event.get("attendees", [])
    assert isinstance(guests, list)
    return sorted(str(guest["email"]) for guest in guests)


def mails(place: Place) -> list[tuple[str, str]]:
    found = place.google("GET", "mails")
    return [(mail["to"], mail["kind"]) for mail in found["mails"]]


def test_use_customer_data_left_out_invites_nobody(place: Place) -> None:
    active(place)
    _, event = made(place, customer_id=3)
    assert addresses(event) == []


def test_use_customer_data_makes_the_customer_a_guest(place: Place) -> None:
    active(place, use_customer_data=True)
    _, event = made(place, customer_id=3)
    assert addresses(event) == [GUEST]


def test_use_customer_data_without_a_customer_invites_nobody(place: Place) -> None:
    active(place, use_customer_data=True)
    _, event = made(place)
    assert addresses(event) == []


def test_use_customer_data_follows_to_another_customer(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, _ = made(place, customer_id=3)
    changed(place, booking, customer_id=2)
    assert addresses(place.event()) == [TEST]


def test_use_customer_data_takes_the_guest_off_when_the_booking_has_no_customer_any_more(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, _ = made(place, customer_id=3)
    changed(place, booking, customer_id=None)
    assert addresses(place.event()) == []


def test_the_customers_answer_stays_when_the_booking_changes(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, event = made(place, customer_id=3)
    where = f"calendars/{event['organizer']['email']}/events/{event['id']}/respond"
    place.google("POST", where, {"email": GUEST, "responseStatus": "accepted"})
    place.settle()
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00", remarks="andere tekst")
    assert [guest["responseStatus"] for guest in place.event()["attendees"]] == ["accepted"]


@pytest.mark.parametrize("use", [False, True])
def test_guests_that_people_add_are_kept(place: Place, *, use: bool) -> None:
    active(place, use_customer_data=use)
    booking, event = made(place, customer_id=3)
    ours = addresses(event)
    added = [*event.get("attendees", []), {"email": "anna@example.org", "optional": True, "comment": "met laptop"}]
    place.edit(event["id"], attendees=added)
    place.settle()
    changed(place, booking, customer_id=2, remarks="andere tekst")
    after = place.event()
    assert addresses(after) == sorted([*([TEST] if ours else []), "anna@example.org"])
    anna = next(guest for guest in after["attendees"] if guest["email"] == "anna@example.org")
    assert (anna["optional"], anna["comment"]) == (True, "met laptop")


def test_the_customer_that_a_person_took_off_comes_back(place: Place) -> None:
    active(place, use_customer_data=True)
    _, event = made(place, customer_id=3)
    place.edit(event["id"], attendees=[])
    place.settle()
    assert addresses(place.event()) == [GUEST]


def test_an_address_in_other_letters_is_the_same_guest(place: Place) -> None:
    active(place, use_customer_data=True)
    customer = place.ireserve("POST", "customers", {"name": "Groot", "email": "Groot@Example.org"})["id"]
    _, event = made(place, customer_id=customer)
    assert addresses(event) == ["groot@example.org"]
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    assert writes(place) == []


@pytest.mark.parametrize("address", ["geen adres", "a@b", "twee@x.nl, drie@x.nl"])
def test_an_address_that_google_would_refuse_does_not_cost_the_event(place: Place, address: str) -> None:
    active(place, use_customer_data=True)
    customer = place.ireserve("POST", "customers", {"name": "Fout", "email": address})["id"]
    booking = place.book(customer_id=customer)
    place.settle()
    assert place.event()["summary"] == f"Zaal A - {booking}"


@pytest.mark.parametrize("notify", [None, False, True])
def test_notify_guests_decides_about_every_mail(place: Place, *, notify: bool | None) -> None:
    active(place, use_customer_data=True, **({} if notify is None else {"notify_guests": notify}))
    booking, _ = made(place, customer_id=3)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    changed(place, booking, object_id=11)
    changed(place, booking, status_code=70)
    kinds = [kind for to, kind in mails(place) if to == GUEST]
    if notify:
        assert kinds[0] == "invitation"
        assert kinds[-1] == "cancellation"
    else:
        assert kinds == []


def test_notify_guests_sends_one_mail_per_change(place: Place) -> None:
    active(place, use_customer_data=True, notify_guests=True)
    booking, _ = made(place, customer_id=3)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00", remarks="andere tekst")
    assert mails(place) == [(GUEST, "invitation"), (GUEST, "update")]


@pytest.mark.parametrize(
    "change",
    [
        {"outbound": {"title_template": "Nr {BOOKING_NUMBER}"}},
        {"outbound": {"use_customer_data": False}},
        {"outbound": {"use_customer_data": False, "title_template": "Nr {BOOKING_NUMBER}"}},
        {"outbound": {"create_on_status": [30], "delete_on_status": [20, 70]}, "inbound": {"status": 30}},
        {"outbound": {"notify_guests": False, "title_template": "Nr {BOOKING_NUMBER}"}},
        {"mapping": [{"object": "10", "calendar": ROOM_B}, {"object": "11", "calendar": ROOM_B}]},
        {"mapping": [{"object": "10", "calendar": ROOM_A, "shows": "booked"}, {"object": "11", "calendar": ROOM_B}]},
    ],
    ids=["title", "no_guest", "no_guest_and_title", "removed", "not_notified", "moved", "booked"],
)
def test_the_plan_tells_of_every_mail_that_google_then_sends(place: Place, change: dict[str, Any]) -> None:
    active(place, use_customer_data=True, notify_guests=True)
    _, event = made(place, customer_id=3)
    for day, customer in ((25, 2), (26, None)):
        place.book(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00", customer_id=customer)
    place.settle()
    if change.get("mapping", [{}])[0].get("shows"):  # then each event is read
        place.edit(event["id"], attendees=[*event["attendees"], {"email": "anna@example.org"}])
    place.settle(60)
    before, read = len(mails(place)), place.api("GET", "/7")
    asked = {
        **read,
        **{name: {**read[name], **part} if isinstance(part, dict) else part for name, part in change.items()},
    }
    plan = place.api("PUT", "/7", asked, 409)["plan"]
    place.api("PUT", "/7?apply=all", asked)
    place.settle(120)
    assert (plan["complete"], plan["mails"]) == (True, len(mails(place)) - before)


def test_send_updates_stands_on_every_write(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, _ = made(place, customer_id=3)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    changed(place, booking, status_code=70)
    sent = [call for call in place.world.calls.log if call.api.startswith("calendar.events.") and call.method != "GET"]
    assert {call.query.get("sendUpdates") for call in sent if "watch" not in call.path} == {"none"}


@pytest.mark.parametrize(
    "address",
    ["jan@example.nl.", "Jan.(2002)@example.nl", "jan..de.boer@example.nl", "'jan@example.nl", "mailto:jan@example.nl"],
)
def test_use_customer_data_leaves_an_address_out_that_google_refuses_and_says_so(place: Place, address: str) -> None:
    active(place, use_customer_data=True)
    customer = place.ireserve("POST", "customers", {"name": "Jan", "email": address})["id"]
    _, event = made(place, customer_id=customer)
    assert "attendees" not in event
    assert place.api("GET", "/7/parked") == []
    assert next(each for each in place.journal() if each["step"] == "InsertEvent")["left_out"] == ["guest"]
    says = [each["says"] for each in place.api("GET", "/7/diagnostics")["checks"]]
    assert any("an address that cannot be invited" in each for each in says)


def test_use_customer_data_goes_on_without_a_guest_whom_google_refuses_all_the_same(place: Place) -> None:
    active(place, use_customer_data=True)
    customer = place.ireserve("POST", "customers", {"name": "Jan", "email": "jan@example.x"})["id"]
    booking, event = made(place, customer_id=customer)
    assert "attendees" not in event
    assert next(each for each in place.journal() if each["step"] == "InsertEvent")["left_out"] == ["guest"]
    assert "The guest was left out" in Tab(place).seen("/console/integrations/7/journal")
    assert f"1 event lacks its customer as a guest, that of booking {booking}" in str(
        place.api("GET", "/7/diagnostics")
    )
    place.forget()
    place.edit(event["id"], colorId="5")
    place.api("POST", "/7/resync")
    place.settle(60)
    assert writes(place) == []
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle(60)
    assert place.event()["start"]["dateTime"][11:13] == "14"
    assert writes(place) == ["calendar.events.patch"]
    place.tenant.world.customers[customer].email = "jan@example.nl"
    place.api("POST", "/7/resync")
    place.settle(60)
    assert addresses(place.event()) == ["jan@example.nl"]
    assert "customer as a guest" not in str(place.api("GET", "/7/diagnostics"))


def test_a_list_that_google_shows_only_in_part_is_left_alone_until_it_shows_all(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, event = made(place, customer_id=3)
    others = [f"gast{number}@example.org" for number in range(9)]
    place.edit(event["id"], attendees=[{"email": each} for each in (GUEST, *others)])
    place.google("POST", "guests", {"shown": 5})
    place.settle(60)
    changed(place, booking, customer_id=2, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.google("POST", "guests", {"shown": None})
    assert addresses(place.event()) == sorted([GUEST, *others])
    assert place.event()["start"]["dateTime"][11:13] == "12"
    assert place.api("GET", "/7/parked") == []
    assert "its customer as a guest" in str(place.api("GET", "/7/diagnostics"))
    place.edit(event["id"], summary="Nu voluit")
    place.settle(60)
    assert addresses(place.event()) == sorted([TEST, *others])


def test_a_list_with_a_guest_who_has_no_address_is_left_alone_until_that_one_leaves(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, event = made(place, customer_id=3)
    place.world.calendars[ROOM_A].records[event["id"]].resource["attendees"].append({"displayName": "Tante Jo"})
    changed(place, booking, customer_id=2, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert [guest.get("email", "") for guest in place.event()["attendees"]] == [GUEST, ""]
    assert place.event()["start"]["dateTime"][11:13] == "12"
    assert place.api("GET", "/7/parked") == []
    assert "its customer as a guest" in str(place.api("GET", "/7/diagnostics"))
    place.edit(event["id"], attendees=[{"email": GUEST}])
    place.settle(60)
    assert addresses(place.event()) == [TEST]
