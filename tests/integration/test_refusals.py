"""Refusals: i-Reserve says no, the event goes back or stays, and one dated line says why."""

import pytest

from tests.harness.place import Place

START, END = "2026-11-24T10:00", "2026-11-24T11:00"
LATER, LATER_END = "2026-11-24T14:00", "2026-11-24T15:00"
LINE = {"nl": "schrijf onder deze regel", "en": "write below this line"}
TAKEN = {
    "nl": "⚠ 23-11-2026 09:00 i-Reserve weigert dit: de periode is niet beschikbaar.",
    "en": "⚠ 23-11-2026 09:00 i-Reserve refused this: the period is not available.",
}
languages = pytest.mark.parametrize("language", ["nl", "en"])


def event_of(place: Place, booking: str) -> dict[str, object]:
    return next(each for each in place.events() if each["id"] == place.booking(booking)["external_id"])


def started(event: dict[str, object]) -> str:
    start = event["start"]
    assert isinstance(start, dict)
    return str(start["dateTime"])[:16]


def dragged_onto_a_taken_slot(place: Place, **fields: str) -> str:
    """Make a person's event and drag it onto a booking's time; return the id of the event's booking."""
    place.book(LATER, LATER_END)
    place.draw(START, END, **fields)
    place.settle()
    booking = str(next(each["id"] for each in place.bookings() if each["from"] == START))
    place.drag(str(event_of(place, booking)["id"]), LATER, LATER_END)
    place.settle()
    return booking


def writes(place: Place) -> list[str]:
    google = [call for call in place.calls() if call.rpartition(".")[2] not in ("list", "get")]
    return google + [call for call in place.ireserve_calls() if call.startswith("POST")]


@languages
def test_an_event_dragged_onto_a_taken_slot_goes_back_and_says_why_under_the_services_line(
    place: Place, language: str
) -> None:
    place.activate(language=language)
    booking = dragged_onto_a_taken_slot(place, description="Eigen tekst")
    assert place.booking(booking)["from"] == START
    event = event_of(place, booking)
    assert started(event) == START
    own, line, why = str(event["description"]).replace("\n\n", "\n").split("\n")
    assert own == "Eigen tekst"
    assert LINE[language] in line
    assert why == TAKEN[language]


@languages
def test_an_event_of_i_reserve_that_may_not_be_moved_says_so(place: Place, language: str) -> None:
    place.activate(language=language)
    booking = place.book(START, END, remarks="Beamer")
    place.settle()
    place.drag(str(event_of(place, booking)["id"]), LATER, LATER_END)
    place.settle()
    words = {"nl": "wordt in i-Reserve gewijzigd", "en": "is changed in i-Reserve"}
    text = str(event_of(place, booking)["description"])
    assert text.startswith("Beamer")
    assert words[language] in text


def test_the_line_goes_once_the_event_found_a_free_slot(place: Place) -> None:
    place.activate()
    booking = dragged_onto_a_taken_slot(place, description="Eigen tekst")
    place.drag(str(event_of(place, booking)["id"]), "2026-11-24T16:00", "2026-11-24T17:00")
    place.settle()
    assert place.booking(booking)["from"] == "2026-11-24T16:00"
    assert event_of(place, booking)["description"] == "Eigen tekst"


def test_there_is_one_line_only_with_the_day_of_the_last_refusal(place: Place) -> None:
    place.activate()
    booking = dragged_onto_a_taken_slot(place)
    place.pass_time(7200)
    place.drag(str(event_of(place, booking)["id"]), LATER, LATER_END)
    place.settle()
    text = str(event_of(place, booking)["description"])
    assert text.count("⚠") == 1
    assert "⚠ 23-11-2026 11:00" in text


def test_a_persons_notes_under_the_line_survive_the_refusal(place: Place) -> None:
    place.activate()
    booking = dragged_onto_a_taken_slot(place)
    event = event_of(place, booking)
    place.edit(str(event["id"]), description=f"{event['description']}\nNiet vergeten: sleutel")
    place.settle()
    place.pass_time(7200)
    place.drag(str(event["id"]), LATER, LATER_END)
    place.settle()
    assert str(event_of(place, booking)["description"]).endswith("\nNiet vergeten: sleutel")


def test_three_put_backs_in_an_hour_pause_the_pair(place: Place) -> None:
    place.activate()
    booking = place.book(START, END)
    place.settle()
    event = str(event_of(place, booking)["id"])
    for _ in range(4):
        place.drag(event, LATER, LATER_END)
        place.settle(60)
    assert started(event_of(place, booking)) == LATER
    assert place.booking(booking)["from"] == START
    place.settle(600)
    place.forget()
    place.drag(event, START, END)
    place.settle()
    assert writes(place) == []


@languages
def test_a_new_event_on_a_taken_slot_stays_with_the_reason(place: Place, language: str) -> None:
    place.activate(language=language)
    place.book(START, END)
    place.settle()
    new = place.draw(START, END, description="Eigen tekst")["id"]
    place.settle()
    assert len(place.bookings()) == 1
    event = next(each for each in place.events() if each["id"] == new)
    assert started(event) == START
    assert str(event["description"]).startswith("Eigen tekst")
    assert str(event["description"]).endswith(TAKEN[language])


def test_a_refused_new_event_is_not_asked_again_while_nothing_changes(place: Place) -> None:
    place.activate()
    place.book(START, END)
    place.settle()
    place.draw(START, END)
    place.settle()
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(120)
    assert writes(place) == []


def test_a_refused_new_event_that_is_refused_elsewhere_says_so_once_with_the_new_date(place: Place) -> None:
    place.activate()
    place.book(START, END)
    place.book(LATER, LATER_END)
    place.settle()
    new = place.draw(START, END, description="Eigen tekst")["id"]
    place.settle()
    place.pass_time(7200)
    place.forget()
    place.drag(new, LATER, LATER_END)
    place.settle(600)
    text = str(next(each for each in place.events() if each["id"] == new)["description"])
    assert text.startswith("Eigen tekst")
    assert text.count("⚠") == 1
    assert text.endswith(TAKEN["nl"].replace("09:00", "11:00"))
    assert writes(place) == ["calendar.events.patch", "POST booking/check"]
    place.pass_time(7200)
    place.forget()
    place.api("POST", "/7/resync")
    place.settle(120)
    assert writes(place) == []


def test_a_refused_new_event_is_tried_again_when_it_changes(place: Place) -> None:
    place.activate()
    place.book(START, END)
    place.settle()
    new = place.draw(START, END)["id"]
    place.settle()
    place.drag(new, LATER, LATER_END)
    place.settle()
    assert sorted(each["from"] for each in place.bookings()) == [START, LATER]
    event = next(each for each in place.events() if each["id"] == new)
    assert "⚠" not in event.get("description", "")
    assert "put_back" not in [entry["why"] for entry in place.journal()]


@pytest.mark.parametrize("edit", [{"summary": "Toch graag"}, {"description": "Het mag nu"}])
def test_a_refused_new_event_is_tried_again_when_its_text_changes_as_once_the_hour_is_free(
    place: Place, edit: dict[str, str]
) -> None:
    place.activate()
    booking = place.book(START, END)
    place.settle()
    new = place.draw(START, END)["id"]
    place.settle()
    place.change(booking, status_code=70)
    place.settle()
    place.edit(new, **edit)
    place.settle(60)
    assert [each["from"] for each in place.bookings() if each["status_code"] == 20] == [START]
    (event,) = place.events()
    assert "⚠" not in event.get("description", "")


def test_a_refused_new_event_that_is_deleted_leaves_nothing_behind(place: Place) -> None:
    place.activate()
    booking = place.book(START, END)
    place.settle()
    new = place.draw(START, END)["id"]
    place.settle()
    place.delete(new)
    place.settle(300)
    assert [str(each["id"]) for each in place.bookings()] == [booking]
    assert place.booking(booking)["status_code"] == 20


def test_an_event_on_the_slot_of_one_deleted_a_moment_ago_becomes_a_booking_after_the_grace(place: Place) -> None:
    place.activate()
    old = place.draw(START, END)["id"]
    place.settle()
    place.delete(old)
    new = place.draw(START, END)["id"]
    place.settle(300)
    assert {each["external_id"]: each["status_code"] for each in place.bookings()} == {old: 70, new: 20}
    assert "⚠" not in place.event().get("description", "")


def test_an_event_on_the_slot_of_a_deleted_one_is_looked_at_now_and_then_while_i_reserve_is_away_after_the_grace(
    place: Place,
) -> None:
    place.activate(inbound={"object": "10"}, sync={"cancel_grace_seconds": 60})
    former = place.draw("2026-11-24T10:00", "2026-11-24T11:00")["id"]
    place.settle()
    place.delete(former)
    place.settle()
    place.ireserve("POST", "faults", {"status": 503, "times": -1})
    place.settle(90)
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.forget()
    place.settle(60)
    assert place.calls().count("calendar.events.get") <= 2 * 60 / 5
    place.ireserve("DELETE", "faults")
    place.settle(900)
    gone, made = place.bookings()
    assert (gone["status_code"], made["external_id"]) == (70, place.event()["id"])


@pytest.mark.parametrize("refusal", ["status_false", "error_409", "error_412", "old_values"])
def test_a_refusal_is_understood_in_every_form(place: Place, refusal: str) -> None:
    place.ireserve("PATCH", "dialect", {"refusal": refusal})
    place.activate()
    booking = dragged_onto_a_taken_slot(place)
    event = event_of(place, booking)
    assert (started(event), place.booking(booking)["from"]) == (START, START)
    assert "⚠ 23-11-2026 09:00" in str(event["description"])


def test_a_cancellation_that_i_reserve_refuses_is_held_for_a_person(place: Place) -> None:
    place.activate()
    place.draw(START, END)
    place.settle()
    (booking,) = place.bookings()
    statuses = place.ireserve("GET", "statuses")["statuses"]
    barred = [{**each, "targets": [30]} if each["code"] == 20 else each for each in statuses]
    place.ireserve("PUT", "statuses", {"statuses": barred})
    place.delete(place.event()["id"])
    place.settle(600)
    assert place.booking(str(booking["id"]))["status_code"] == 20
    (held,) = place.api("GET", "/7/held")
    assert held["bookings"][0]["booking_id"] == str(booking["id"])


def test_i_reserves_own_sentence_rests_nowhere(place: Place) -> None:
    place.activate()
    dragged_onto_a_taken_slot(place)
    said = [entry for entry in place.journal() if entry["outcome"] == "refused"]
    assert [entry["reason"] for entry in said] == ["period_taken"]
    kept = str(place.documents.find(("integrations", "7", "journal"))) + str(place.log)
    assert "beschikbaar" not in kept
