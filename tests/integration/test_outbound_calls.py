"""The budget of calls: what each change costs at Google and at i-Reserve."""

from tests.harness.deeds import active, changed, made, writes
from tests.harness.place import GUEST, ROOM_A, Place


def google(place: Place) -> list[str]:
    """Return the calls to Google but the pulls that its own notifications ask for."""
    return [call.removeprefix("calendar.events.") for call in place.calls() if call != "calendar.events.list"]


def ireserve(place: Place, booking: str) -> tuple[int, int]:
    calls = place.ireserve_calls()
    reads, backs = calls.count(f"GET booking/{booking}"), calls.count("POST hook/booking/")
    assert len(calls) == reads + backs, calls
    return reads, backs


def test_a_new_booking_costs_1_call_to_google_2_reads_and_1_write_back(place: Place) -> None:
    active(place)
    booking = place.book()
    place.forget()
    place.settle(4)
    assert google(place) == ["insert"]
    assert place.ireserve_calls()[:2] == [f"GET booking/{booking}", "POST hook/booking/"]
    place.settle()
    assert google(place) == ["insert"]


def test_the_leading_and_the_trailing_look_are_1_read_each(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"hook_booking_fires_hooks": False})
    active(place)
    booking = place.book()
    place.forget()
    place.settle()
    assert ireserve(place, booking) == (2, 1)


def test_our_own_write_back_comes_back_as_a_webhook_and_costs_reads_only(place: Place) -> None:
    active(place)
    booking = place.book()
    place.forget()
    place.settle(60)
    reads, backs = ireserve(place, booking)
    assert backs == 1
    assert reads == 2  # both looks at the new booking; the second is also the echo's
    assert google(place) == ["insert"]


def test_a_new_time_costs_1_call_with_the_stored_etag(place: Place) -> None:
    active(place)
    booking, event = made(place)
    place.forget()
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert google(place) == ["patch"]
    patch = next(call for call in place.world.calls.log if call.method == "PATCH")
    assert patch.headers["if-match"] == event["etag"]
    assert ireserve(place, booking) == (2, 0)


def test_a_new_title_costs_1_call(place: Place) -> None:
    active(place, title_template="{NUMBER_OF_PLACES} pers.")
    booking, _ = made(place)
    place.forget()
    changed(place, booking, number=4)
    assert google(place) == ["patch"]
    assert place.event()["summary"] == "4 pers."


def test_a_new_text_costs_2_calls(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, remarks="andere tekst")
    assert google(place) == ["get", "patch"]


def test_another_guest_costs_2_calls(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, customer_id=3)
    assert google(place) == ["get", "patch"]
    assert [guest["email"] for guest in place.event()["attendees"]] == [GUEST]


def test_text_guest_and_time_together_cost_2_calls(place: Place) -> None:
    active(place, use_customer_data=True)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, customer_id=3, remarks="alles", start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert google(place) == ["get", "patch"]


def test_another_room_costs_1_call(place: Place) -> None:
    active(place, title_template="Reservering {BOOKING_NUMBER}")
    booking, _ = made(place)
    place.forget()
    changed(place, booking, object_id=11)
    assert google(place) == ["move"]
    assert ireserve(place, booking) == (2, 0)


def test_another_room_and_time_cost_2_calls(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, object_id=11, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert google(place) == ["move", "patch"]


def test_a_cancellation_costs_1_call(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, status_code=70)
    assert google(place) == ["delete"]


def test_a_status_that_changes_nothing_costs_none(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    place.forget()
    changed(place, booking, status_code=30)
    changed(place, booking, status_code=40)
    assert google(place) == []


def test_an_echo_costs_no_write_and_no_read_of_the_event(place: Place) -> None:
    active(place)
    booking, _ = made(place)
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.forget()
    place.google("POST", "notifications/flush", {})
    channels = place.google("GET", "channels")["channels"]
    for channel in channels:
        place.google("POST", f"channels/{channel['id']}/notify", {"state": "exists"})
    place.settle(60)
    assert set(place.calls()) == {"calendar.events.list"}
    assert place.ireserve_calls() == []


def test_a_webhook_sent_twice_late_and_out_of_order_changes_nothing(place: Place) -> None:
    active(place)
    place.ireserve("POST", "hooks/mode", {"mode": "hold"})
    booking = place.book()
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.change(booking, remarks="laatste stand")
    place.pass_time(3600)
    place.ireserve("POST", "hooks/flush", {"order": "reverse"})
    place.ireserve("POST", "hooks/mode", {"mode": "double"})
    place.settle()
    event = place.event(ROOM_A)
    assert event["start"]["dateTime"] == "2026-11-24T12:00:00+01:00"
    assert event["description"].startswith("laatste stand")
    place.forget()
    place.change(booking, remarks="laatste stand")
    place.settle(60)
    assert writes(place) == []


def test_every_call_keeps_to_googles_discovery_document(place: Place) -> None:
    active(place, use_customer_data=True, create_meet_link=True, meet_link_field="custom02", reminder_popup_minutes=5)
    booking, _ = made(place, customer_id=3)
    changed(place, booking, object_id=11, start="2026-11-24T12:00", end="2026-11-24T13:00", remarks="x")
    changed(place, booking, status_code=70)
    changed(place, booking, status_code=20)
    assert place.violations() == []
