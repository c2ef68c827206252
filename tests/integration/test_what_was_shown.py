"""A button acts on what its page showed, and on nothing that came after it."""

import html
import re
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.store import parked
from functions.entrypoints.console.screens import waiting
from tests.harness.place import Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"
ASK = {"allow_booking_update": True, "deleted_event": "ask"}


def sent_by(page: str, button: str) -> dict[str, Any]:
    """Return the hidden fields of the form with this button."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if button in html.unescape(each))
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def booked(place: Place, hours: tuple[int, ...] = (9, 10, 11)) -> dict[str, str]:
    """Make pairs; return the events' ids by booking."""
    bookings = [place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30") for hour in hours]
    place.settle(60)
    return {each: place.booking(each)["external_id"] for each in bookings}


def statuses(place: Place, bookings: dict[str, str]) -> list[int]:
    return [place.booking(each)["status_code"] for each in bookings]


def test_carrying_out_all_carries_out_the_removals_that_were_on_the_page(place: Place) -> None:
    place.activate(inbound=ASK)
    pairs, tab = booked(place), Tab(place)
    *shown, later = pairs
    for booking in shown:
        place.delete(pairs[booking])
    place.settle(60)
    first = sent_by(tab.get(f"{HERE}/waiting").text, "Carry out all 2")
    place.delete(pairs[later])
    place.settle(60)
    asked = tab.post(f"{HERE}/held", do="approve", **first)
    assert "2 removals will be carried out" in asked.text
    tab.post(f"{HERE}/held", **sent_by(asked.text, "Yes, carry out"))
    assert statuses(place, pairs) == [70, 70, 20]
    assert len(place.api("GET", "/7/held")) == 1


def test_what_was_decided_meanwhile_does_not_keep_the_others_waiting(place: Place) -> None:
    place.activate(inbound=ASK)
    pairs, tab = booked(place), Tab(place)
    for event in pairs.values():
        place.delete(event)
    place.settle(60)
    first = sent_by(tab.get(f"{HERE}/waiting").text, "Carry out all 3")
    place.api("POST", f"/7/held/{place.api('GET', '/7/held')[0]['id']}/restore")
    assert tab.post(f"{HERE}/held", do="approve", sure="yes", **first).status_code == 303
    assert statuses(place, pairs) == [20, 70, 70]


def test_keeping_all_keeps_the_bookings_that_were_on_the_page(place: Place) -> None:
    place.activate(inbound={"allow_booking_update": True}, sync={"cancel_grace_seconds": 600})
    pairs, tab = booked(place), Tab(place)
    *shown, later = pairs
    for booking in shown:
        place.delete(pairs[booking])
    place.settle(60)
    first = sent_by(tab.get(f"{HERE}/waiting").text, "Keep all 2")
    place.delete(pairs[later])
    place.settle(60)
    assert tab.post(f"{HERE}/cancelling", **first).status_code == 303
    place.settle(900)
    assert statuses(place, pairs) == [20, 20, 70]


def test_trying_all_again_tries_what_was_on_the_page_also_when_more_came_since_than_a_page_shows(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST", 2)
    place.activate()
    for number in ("1", "2"):
        parked.park(place.ports, Hint(Kind.BOOKING, "7", (number,), "webhook", place.now), "backendError", place.now)
        place.pass_time(1)
    tab = Tab(place)
    first = sent_by(tab.get(f"{HERE}/waiting").text, "Try all again")
    parked.park(place.ports, Hint(Kind.BOOKING, "7", ("3",), "webhook", place.now), "backendError", place.now)
    tab.post(f"{HERE}/parked", **first)
    place.settle(60)
    assert [each["subject"] for each in place.api("GET", "/7/parked")] == [["3"]]


def test_saving_what_is_so_already_offers_no_undoing_of_an_earlier_change(place: Place) -> None:
    place.activate()
    tab = Tab(place)
    tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "90"})
    assert "Undo this change" in tab.get(tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "120"}).location).text
    same = tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "120"})
    assert "Undo this change" not in tab.get(same.location).text
    left = tab.post(f"{HERE}/status", code="45", list="none")
    assert "Undo this change" not in tab.get(left.location).text


def test_going_back_does_not_take_another_persons_later_change_along(place: Place) -> None:
    place.activate()
    tab = Tab(place)
    saved = tab.change(f"{HERE}/sync", **{"sync.poll_seconds": "90"})
    page = tab.get(saved.location).text
    action = re.search(rf'action="({HERE}/history/[^"]+/revert)"', page)
    assert action
    place.save(sync={"poll_seconds": 90, "sweep_minutes": 30})
    answer = tab.post(action[1], **sent_by(page, "Undo this change"))
    assert answer.status_code == 409
    assert "somebody else changed these settings meanwhile" in answer.text.lower()
    assert place.api("GET", "/7")["sync"]["sweep_minutes"] == 30
    again = tab.get(f"{HERE}/history").text
    assert tab.post(action[1], **sent_by(again, "Go back to before")).status_code in (303, 409)


def test_a_page_from_before_a_deactivation_registers_no_webhook_and_opens_no_channel(place: Place) -> None:
    place.activate(language="en")
    tab = Tab(place)
    place.api("POST", "/7/deactivate")
    place.forget()
    for mend in ("hooks", "renew"):
        answer = tab.post(f"{HERE}/mend/{mend}")
        assert answer.status_code == 409
        assert "The integration is not active" in answer.text
    place.settle(60)
    assert [call for call in place.ireserve_calls() if call.startswith("POST")] == []
    assert [call for call in place.calls() if "watch" in call] == []
