"""Statuses by name: which codes are in use, ticked into a list instead of typed, and one that no list has decided at once."""

import html
import re

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"


@pytest.fixture
def tab(place: Place) -> Tab:
    place.activate()
    for hour in (9, 10):
        place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:30", status_code=10)
    place.book("2026-11-24T12:00", "2026-11-24T12:30")
    place.book("2026-11-24T13:00", "2026-11-24T13:30", object_id=12, status_code=40)
    place.settle()
    return Tab(place)


def lists(place: Place) -> tuple[list[int], list[int], list[int]]:
    outbound = place.api("GET", "/7")["outbound"]
    return outbound["create_on_status"], outbound["tentative_on_status"], outbound["delete_on_status"]


def test_the_codes_in_use_are_told_with_their_counts_and_names(place: Place, tab: Tab) -> None:
    told = place.api("GET", "/7/statuses")
    shown = {each["status"]: (each["name"], each["bookings"], each["list"]) for each in told["found"]}
    assert (shown[10], shown[20], shown[70]) == (("new", 2, "none"), ("open", 1, "create"), ("cancelled", 0, "delete"))
    assert (told["counted"], told["cut"], told["found"][0]["status"]) == (3, False, 10)
    page = tab.seen(f"{HERE}/outbound")
    assert "2 bookings get no event, because their status, new (10), is in no list." in page
    assert "the 3 bookings from" in page


def test_the_whole_window_is_counted_and_nothing_beyond(place: Place) -> None:
    place.activate(sync={"window_days": [-30, 200]})
    for day in ("2026-10-25", "2026-10-23", "2027-06-01", "2027-06-20"):
        place.book(f"{day}T09:00", f"{day}T09:30", status_code=10, quiet=True)
    told = place.api("GET", "/7/statuses")
    assert (told["counted"], told["first"], told["last"]) == (2, "2026-10-24", "2027-06-11")


def test_a_status_has_the_name_that_i_reserve_shows_where_it_is_not_known(place: Place, tab: Tab) -> None:
    known = place.ireserve("GET", "statuses")["statuses"]
    place.ireserve("PUT", "statuses", {"statuses": [*known, {"code": 15, "name": "Wachtlijst"}]})
    place.book("2026-11-24T15:00", "2026-11-24T15:30", status_code=15, quiet=True)
    (found,) = [each for each in place.api("GET", "/7/statuses")["found"] if each["status"] == 15]
    assert (found["name"], found["bookings"]) == ("Wachtlijst", 1)
    assert "One booking gets no event, because its status, Wachtlijst (15), is in no list." in tab.seen(
        f"{HERE}/outbound"
    )


def test_without_a_password_nothing_is_counted_and_nothing_is_left_to_count(place: Place) -> None:
    place.save(secrets={})
    told = place.api("GET", "/7/statuses")
    assert (told["counted"], told["cut"], told["trouble"]) == (0, False, "")


def lists_asked(place: Place) -> int:
    return sum(call == "GET booking/filter" for call in place.ireserve_calls())


def test_a_large_window_is_counted_in_steps_and_the_page_says_how_far_it_is(place: Place, tab: Tab) -> None:
    place.ireserve("PATCH", "dialect", {"filter_max_length": 1})
    for day in range(1, 29):
        for hour in (9, 11):
            place.book(f"2027-02-{day:02}T{hour:02}:00", f"2027-02-{day:02}T{hour:02}:30", quiet=True)
    place.forget()
    page = tab.seen(f"{HERE}/outbound")
    assert lists_asked(place) == 40
    assert re.search(r"Counted so far: \d+ of the bookings from .*Count on", page)
    place.forget()
    told = place.api("GET", "/7/statuses")
    assert (told["counted"], told["cut"]) == (59, False)
    assert lists_asked(place) < 40
    place.forget()
    place.pass_time(60)
    assert "Count again" in tab.seen(f"{HERE}/outbound")
    assert lists_asked(place) == 0, "kept for an hour"
    assert "Counted so far" in tab.seen(f"{HERE}/outbound?count=anew")


def test_all_bookings_are_counted_where_i_reserve_gives_few_rows_at_a_time(place: Place, tab: Tab) -> None:
    del tab  # which has made the bookings
    place.ireserve("PATCH", "dialect", {"filter_max_length": 2})
    told = place.api("GET", "/7/statuses")
    assert (told["counted"], told["cut"]) == (3, False)
    (found,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "statuses"]
    assert "of 3 bookings" in found["says"]


def test_a_status_is_put_into_a_list_by_its_name(place: Place, tab: Tab) -> None:
    choices = {"status.10": "tentative", "status.60": "delete", "other.code": "99", "other.list": "create"}
    assert tab.change(f"{HERE}/outbound", **choices, apply="new").status_code == 303
    assert lists(place) == ([20, 30, 99], [10], [70, 80, 60]), "the first to delete stays the first"


def test_a_status_that_is_in_no_list_is_decided_with_one_click_after_the_plan(place: Place, tab: Tab) -> None:
    (found,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "statuses"]
    assert (found["level"], found["act"]) == ("amber", "outbound")
    assert "2 x 10 (new)" in found["says"]
    asked = tab.post(f"{HERE}/status", code="10", list="create")
    assert asked.status_code == 409
    assert "Make an event" in html.unescape(asked.text) or "make an event" in html.unescape(asked.text)
    assert lists(place)[0] == [20, 30]
    assert tab.post(f"{HERE}/status", code="10", list="create", apply="all").status_code == 303
    place.settle(60)
    assert len(place.events(ROOM_A)) == 3, "its bookings are filled in"
    assert place.events(ROOM_B) == []
    assert lists(place)[0] == [20, 30, 10]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"code": "x", "list": "create"}, "status code is a number from 0 to 9999"),
        ({"code": "10", "list": "elsewhere"}, "ame one of the lists"),
        ({}, "status code is a number from 0 to 9999"),
    ],
)
def test_a_decision_that_is_none_is_said_in_a_sentence(tab: Tab, form: dict[str, str], said: str) -> None:
    answer = tab.post(f"{HERE}/status", **form)
    assert answer.status_code == 400
    assert said in answer.text


def test_a_code_that_is_none_is_said_at_the_lists(tab: Tab) -> None:
    page = tab.change(f"{HERE}/outbound", **{"other.code": "70x", "other.list": "delete"})
    assert page.status_code == 422
    assert "Delete on status" in page.text.split('id="faults"', 1)[1]
    assert 'value="70x"' in page.text


def test_without_i_reserve_the_known_codes_are_there_all_the_same(place: Place, tab: Tab) -> None:
    place.ireserve("POST", "faults", {"status": 500, "times": 20, "path": "booking"})
    page = tab.seen(f"{HERE}/outbound")
    assert "The bookings could not be counted." in page
    assert "open (20)" in page


def test_the_codes_in_use_are_told_and_decided_before_activation(place: Place) -> None:
    place.save()
    place.connect()
    place.book(status_code=10)
    (found,) = [each for each in place.api("GET", "/7/statuses")["found"] if each["bookings"]]
    assert (found["status"], found["name"], found["list"]) == (10, "new", "none")
    assert Tab(place).change(f"{HERE}/outbound", **{"status.10": "tentative"}).status_code == 303
    assert lists(place) == ([20, 30], [10], [70, 80])
    place.api("POST", "/7/activate")
    place.settle(60)
    assert place.event()["status"] == "tentative"


def test_a_status_that_appears_later_is_told_once_and_told_over_when_it_is_decided(place: Place, tab: Tab) -> None:
    told = place.told
    place.save(alerts={"email": "beheer@example.org"}, language="en")
    place.api("POST", "/7/statuses/10/leave")
    place.api("POST", "/7/resync")
    place.settle(60)
    place.tick()
    assert told == []
    place.book("2026-11-25T12:00", "2026-11-25T12:30", status_code=40)
    place.pass_time(16 * 60)
    place.tick()
    place.settle(60)
    for _ in range(2):
        place.pass_time(60)
        place.tick()
    assert [alert.name for _, alert in told] == ["status"]
    assert "Decide on the screen Outbound" in told[0][1].text
    assert tab.post(f"{HERE}/status", code="40", list="create", apply="all").status_code == 303
    place.settle(60)
    place.tick()
    assert [alert.name for _, alert in told] == ["status", "status_over"]


def test_a_status_can_be_left_as_it_is_and_is_not_asked_about_again(place: Place, tab: Tab) -> None:
    assert "Leave as it is" in tab.seen(f"{HERE}/outbound")
    assert tab.post(f"{HERE}/status", code="10", list="none").status_code == 303
    assert "2 bookings get no event" not in tab.seen(f"{HERE}/outbound")
    (found,) = [each for each in place.api("GET", "/7/diagnostics")["checks"] if each["name"] == "statuses"]
    assert found["level"] == "green"
    assert lists(place) == ([20, 30], [], [70, 80])
    place.api("POST", "/7/statuses/33/leave")
    for wrong in ("12345", "-1", "open"):
        said = place.api("POST", f"/7/statuses/{wrong}/leave", status=400)
        assert "a status code is a number from 0 to 9999" in said["error"]


def test_the_statuses_at_activation_are_as_somebody_wanted_them(place: Place) -> None:
    place.book("2026-11-24T09:00", "2026-11-24T09:30", status_code=10)
    place.activate(alerts={"email": "beheer@example.org"})
    place.pass_time(16 * 60)
    place.tick()
    place.settle(60)
    place.tick()
    assert place.told == []
