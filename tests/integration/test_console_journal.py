"""The journal as sentences: old and new, what the person chose, the reason, seconds, names; filters; export."""

import csv
import html
import io
import json
import re
from datetime import timedelta

import pytest

from functions.application.store import journal_read
from functions.entrypoints.console.screens import journal
from tests.harness.place import ROOM_A, ROOM_B, Place
from tests.harness.tab import Tab

HERE = "/console/integrations/7"


@pytest.fixture
def tab(place: Place) -> Tab:
    place.activate(inbound={"allow_booking_update": True})
    return Tab(place)


def rows(tab: Tab, query: str = "") -> str:
    return tab.seen(f"{HERE}/journal{query}").split('id="rows"', 1)[1]


def test_a_moved_event_is_told_with_old_and_new_time_room_and_seconds(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    place.drag(place.event()["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    told = rows(tab, "?kind=moved")
    assert "The event was moved, and the booking followed: Tue 24 Nov 2026 10:00 – 11:00 → 14:00 – 15:00." in told
    assert "Zaal A" in told
    assert "09:00:1" in told or "09:00:2" in told  # the seconds


def test_a_refusal_is_told_with_its_reason_and_what_the_person_chose(place: Place, tab: Tab) -> None:
    place.book()
    place.book("2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    event = next(e for e in place.events() if e["start"]["dateTime"].startswith("2026-11-24T10"))
    place.drag(event["id"], "2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    refused = rows(tab, "?outcome=refused")
    assert "i-Reserve refused: the period is not available in i-Reserve." in refused
    put_back = rows(tab, "?kind=put_back")
    assert "moved to Tue 24 Nov 2026 12:00 – 13:00 and was put back: Tue 24 Nov 2026 10:00 – 11:00" in put_back
    assert "the period is not available" in put_back


def test_housekeeping_is_hidden_until_it_is_asked_for(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    assert "id was noted" not in rows(tab)
    assert "The event's id was noted in the booking." in rows(tab, "?kind=housekeeping")


def test_a_search_that_stopped_does_not_say_that_nothing_was_found(
    place: Place, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search looks at some thousand entries; what is rare may stand behind these."""
    monkeypatch.setattr(journal_read, "MOST_LOOKED_AT", 2)
    event = place.draw("2026-11-24T12:00", "2026-11-24T13:00")
    place.settle()
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    for hour in range(15, 19):
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30")
        place.settle()
    shown = tab.seen(f"{HERE}/journal?kind=moved")
    assert "Nothing was found" not in shown
    assert "The search stopped at" in shown
    for _ in range(20):
        if "14:00 – 15:00" in shown:
            break
        older = re.search(r'href="([^"]+before=[^"]+)"', shown)
        assert older is not None
        shown = tab.seen(html.unescape(older[1]))
    assert "14:00 – 15:00" in shown


def test_a_file_that_takes_too_long_to_search_for_says_what_to_choose_instead_of_being_cut_off(
    place: Place, tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(15, 18):
        place.book(f"2026-11-24T{hour}:00", f"2026-11-24T{hour}:30")
    place.settle()
    monkeypatch.setattr(journal_read, "MOST_LOOKED_AT", 2)
    assert len(json.loads(tab.get(f"{HERE}/journal.json?kind=made").text)) == 3
    monkeypatch.setattr(journal, "LONGEST", timedelta(0))
    for form in ("json", "csv"):
        answer = tab.get(f"{HERE}/journal.{form}?kind=moved")
        assert answer.status_code == 422
        assert "choose a booking or some days first" in answer.text


def test_it_is_filtered_by_booking_room_date_kind_outcome_and_person(place: Place, tab: Tab) -> None:
    first, second = place.book(), place.book(object_id=11)
    place.settle()
    assert f"q={first}" in rows(tab, f"?booking={first}")
    assert f"q={second}" not in rows(tab, f"?booking={first}")
    assert f"q={second}" in rows(tab, "?room=11")
    assert f"q={first}" not in rows(tab, "?room=11")
    assert f"q={first}" in rows(tab, "?from=2026-11-23&to=2026-11-23")
    assert "q=" not in rows(tab, "?from=2026-11-24")
    assert "q=" not in rows(tab, "?kind=removed")
    assert "q=" not in rows(tab, "?person=nobody")
    assert f"q={first}" in rows(tab, "?kind=made&outcome=done")


def test_a_date_that_is_none_is_said(tab: Tab) -> None:
    answer = tab.get(f"{HERE}/journal?from=yesterday")
    assert "Nothing was found" not in answer.text, "a wrong question has no answer"
    assert answer.status_code == 422
    assert "Give dates as" in answer.text


def test_a_kind_that_is_none_is_said_with_those_of_the_page_in_the_readers_language(tab: Tab) -> None:
    tab.get("/console/language/nl")
    for query, known in (("kind=xyz", "“gemaakt”, “verplaatst”"), ("outcome=xyz", "“gedaan”, “geweigerd”")):
        answer = tab.get(f"{HERE}/journal?{query}")
        assert answer.status_code == 422
        assert f"Kies een van {known}" in answer.text


def test_it_is_exported_as_csv_and_json_with_the_same_filters(place: Place, tab: Tab) -> None:
    first, second = place.book(), place.book(object_id=11)
    place.settle()
    answer = tab.get(f"{HERE}/journal.csv?room=11")
    assert answer.mimetype == "text/csv"
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["booking"] for row in table] == [second]
    assert table[0]["what"].startswith("The event was made")
    assert table[0]["room"] == "Zaal B"
    made = json.loads(tab.get(f"{HERE}/journal.json?booking={first}").text)
    assert [row["booking_id"] for row in made] == [first]
    assert made[0]["step"] == "InsertEvent"


def test_no_cell_of_the_csv_is_a_formula(place: Place, tab: Tab) -> None:
    place.save(name="=1+1", inbound={"allow_booking_update": True})
    place.book()
    place.settle()
    text = tab.get(f"{HERE}/journal.csv").text
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(text)) for cell in row)


def test_older_entries_are_reached_page_by_page_without_a_gap(place: Place, tab: Tab) -> None:
    for hour in range(8, 20):
        for day in range(24, 29):
            place.book(f"2026-11-{day}T{hour:02}:00", f"2026-11-{day}T{hour:02}:30")
    place.settle(60)
    seen, address = set(), f"{HERE}/journal"
    for _ in range(9):
        page = tab.seen(address)
        seen |= {part.split('"')[0] for part in page.split("find?q=")[1:]}
        if "before=" not in page:
            break
        address = page.split('href="')[next(i for i, part in enumerate(page.split('href="')) if "before=" in part)]
        address = address.split('"')[0]
    assert len(seen) == 60


def test_a_calendar_goes_by_its_title(place: Place, tab: Tab) -> None:
    place.book()
    place.settle()
    assert ROOM_A not in rows(tab)


def test_what_is_made_is_told_and_found_by_its_object_also_where_several_share_a_calendar(place: Place) -> None:
    shared = [{"object": each, "calendar": ROOM_A} for each in ("10", "11")]
    place.activate(mapping=[*shared, {"object": "*", "calendar": ROOM_B}])
    tab = Tab(place)
    made = {number: place.book(object_id=number) for number in (10, 11, 12)}
    place.settle()
    for number, name in ((10, "Zaal A"), (11, "Zaal B"), (12, "Zaal C")):
        assert f"<td>{name} <a" in rows(tab, f"?booking={made[number]}")
    assert f"q={made[11]}" in rows(tab, "?room=11")
    assert f"q={made[10]}" not in rows(tab, "?room=11")


def test_an_entry_that_names_another_object_is_not_found_by_the_calendar_that_both_share(place: Place) -> None:
    place.activate(mapping=[{"object": each, "calendar": ROOM_A} for each in ("10", "*")])
    tab = Tab(place)
    made = {number: place.book(object_id=number) for number in (10, 12)}
    place.settle()
    assert f"q={made[10]}" in rows(tab, "?room=10")
    assert f"q={made[12]}" not in rows(tab, "?room=10")


def test_a_write_that_does_not_succeed_for_hours_is_not_told_as_under_way(place: Place, tab: Tab) -> None:
    place.google("POST", "faults", {"method": "POST", "path": "/events$", "status": 500, "times": 1000})
    place.book()
    place.settle(120)
    assert [each["reason"] for each in place.api("GET", "/7/parked")] == ["backendError"]
    assert "not done yet" in rows(tab)
    assert "under way" not in rows(tab).lower()
