"""Find a booking: what is there, the last notable thing that happened, and what can be done, each with its button."""

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"


@pytest.fixture
def tab(place: Place) -> Tab:
    place.activate(inbound={"allow_booking_update": True}, sync={"cancel_grace_seconds": 120})
    return Tab(place)


def found(tab: Tab, asked: str) -> str:
    return tab.seen(f"{HERE}/find?q={asked}")


def verdict(page: str) -> str:
    return page.split('id="verdict"', 1)[1].split("</section>", 1)[0]


def test_a_number_that_no_booking_has_is_said_to_be_none(tab: Tab) -> None:
    says = verdict(found(tab, "9999"))
    assert "i-Reserve has no booking 9999" in says
    assert "status" not in says


def test_a_name_that_nothing_bears_finds_nothing(tab: Tab) -> None:
    page = found(tab, "Jansen")
    assert "Nothing was found for “Jansen”" in page
    assert "status" not in page.split('id="results"', 1)[1].split("</section>", 1)[0]


def test_a_booking_whose_deleted_event_cancelled_it_says_so(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(400)
    says = verdict(found(tab, booking))
    assert "was cancelled because its event was deleted" in says
    assert "agree" not in says
    assert "Undo" in says


def test_a_cancellation_under_way_tells_until_when_it_can_be_stopped(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(20)
    says = verdict(found(tab, booking))
    assert "will be cancelled at" in says
    assert "Keep the booking" in says


def test_in_shadow_it_says_that_nothing_is_written(place: Place) -> None:
    place.save()
    place.connect()
    booking = place.book()
    place.api("POST", "/7/activate?shadow=1")
    place.settle()
    says = verdict(found(Tab(place), booking))
    assert "would" in says
    assert "nothing is written" in says
    assert "agree" not in says


def test_a_refused_drag_is_told_with_its_reason(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.book("2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    event = next(e for e in place.events() if e["start"]["dateTime"].startswith("2026-11-24T10"))
    place.drag(event["id"], "2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    says = verdict(found(tab, booking))
    assert "the period is not available" in says
    assert "12:00" in says


def test_a_held_removal_brings_its_buttons(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True, "deleted_event": "ask"})
    booking = place.book()
    place.settle()
    place.delete(place.event()["id"])
    place.settle(60)
    says = verdict(found(Tab(place), booking))
    assert "waits for your decision" in says
    assert 'value="approve"' in says
    assert 'value="restore"' in says


def test_a_foreign_id_is_named_with_both_ids(place: Place, tab: Tab) -> None:
    booking = place.book(external_id="foreign0123456789")
    place.settle()
    says = verdict(found(tab, booking))
    assert "foreign0123456789" in says
    assert place.event()["id"] in says
    assert "agree" not in says
    assert "foreign_id" not in says.replace("foreign0123456789", "")


def test_it_finds_by_title_date_and_room(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    for asked in ("Zaal A", "2026-11-24", "24-11-2026"):
        assert f"q={booking}" in found(tab, asked), asked
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", ROOM_B, summary="Bridgedrive")
    place.settle()
    assert "Bridgedrive" in found(tab, "bridge")


def test_a_hit_whose_booking_was_not_read_is_not_called_in_step(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    hits = found(tab, "Zaal").split('id="results"', 1)[1].split("</section>", 1)[0]
    assert f"q={booking}" in hits
    assert "with its booking" in hits
    assert "in step" not in hits


def test_what_could_not_be_read_is_not_called_empty(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    place.google("POST", "tokens/revoke", {})
    place.google("POST", "tokens/expire-access", {})
    hits = found(tab, "Jansen").split('id="results"', 1)[1].split("</section>", 1)[0]
    assert "What could be read holds nothing for" in hits
    assert "Nothing was found" not in hits
    day = tab.seen(f"{HERE}/day?date=2026-11-25")
    for page in (hits, day):
        assert page.count("calendars could not be read.") == 1, "one reason is told once, not per calendar"
        assert page.count('href="/console/integrations/7/authentication"') >= 1
    assert "Nothing stands in" not in day
    assert ">does not work</span>" in tab.seen(f"{HERE}/authentication")


def test_a_code_of_the_other_side_is_told_in_words(place: Place, tab: Tab) -> None:
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 500, "times": 1000})
    place.book(remarks="Zaalvoetbal")
    place.settle(120)
    page = tab.seen(f"{HERE}/waiting")
    assert "Google had a fault of its own" in page
    for screen in ("journal", "day?date=2026-11-24"):
        told = tab.seen(f"{HERE}/{screen}")
        assert told.count("An event was to be made") <= 1, "tries that were begun anew are not told one by one"
    assert "backendError" not in page
    assert ">Zaal A - 1001</a>" in page


def test_it_leads_to_both_sides(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    page = found(tab, booking)
    assert "https://www.google.com/calendar/event?eid=" in page
    assert f"https://tenant.i-reserve.test/admin?mod=dashboard&context=booking&id={booking}" in page


def test_rooms_and_statuses_go_by_their_names(place: Place, tab: Tab) -> None:
    booking = place.book()
    place.settle()
    says = found(tab, booking)
    assert "Zaal A" in says
    assert ROOM_A not in says.split("<details", 1)[0]


def test_a_parked_booking_can_be_tried_again(place: Place, tab: Tab) -> None:
    place.google("POST", "faults", {"method": "POST", "path": "events", "status": 400, "reason": "invalid", "times": 9})
    booking = place.book()
    place.settle()
    place.google("DELETE", "faults")
    says = verdict(found(tab, booking))
    assert "waits to be tried again" in says
    assert "Try again" in says
    item = says.split('name="item" value="', 1)[1].split('"', 1)[0]
    assert tab.post(f"{HERE}/parked", item=item).status_code == 303
    place.settle()
    assert "in step" in verdict(found(tab, booking))
