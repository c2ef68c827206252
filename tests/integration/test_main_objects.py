"""Main products: a booking stands in the calendar of its object, else of its main object, else of `*`."""

from datetime import timedelta

import pytest

from tests.harness.place import ROOM_A, ROOM_B, Place

COURTS = 100


@pytest.fixture
def courts(place: Place) -> Place:
    """Two courts that are booked as either of a main product, which alone has a row."""
    place.ireserve("POST", "objects", {"id": COURTS, "desc": "Tennisbaan"})
    for number in (101, 102):
        place.ireserve("PATCH", f"objects/{number}", {"main_id": COURTS})
    return place


def rows(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"object": str(COURTS), "calendar": ROOM_A}, *more]


def test_a_booking_of_a_court_stands_in_the_calendar_of_the_main_object(courts: Place) -> None:
    courts.activate(mapping=rows())
    courts.book(object_id=101)
    courts.settle()
    assert len(courts.events(ROOM_A)) == 1
    courts.settle(300)
    assert courts.api("GET", "/7/plan?refresh=1")["counts"] == {}


def test_its_own_row_goes_before_that_of_the_main_object_and_that_before_the_row_for_all_others(courts: Place) -> None:
    courts.activate(mapping=rows({"object": "102", "calendar": ROOM_B}))
    courts.book(object_id=102)
    courts.settle()
    assert (len(courts.events(ROOM_A)), len(courts.events(ROOM_B))) == (0, 1)


def test_the_row_for_all_others_comes_last(courts: Place) -> None:
    courts.activate(mapping=rows({"object": "*", "calendar": ROOM_B}))
    courts.book(object_id=101)
    courts.book(object_id=12)
    courts.settle()
    assert (len(courts.events(ROOM_A)), len(courts.events(ROOM_B))) == (1, 1)


def test_bookings_from_before_activation_are_found_too_once_a_plan_was_made(courts: Place) -> None:
    courts.book(object_id=101)
    courts.save(mapping=rows())
    courts.connect()
    assert courts.api("GET", "/7/plan?refresh=1")["counts"]["make"] == 1
    courts.api("POST", "/7/activate")
    courts.settle(120)
    assert len(courts.events(ROOM_A)) == 1


def test_the_plan_of_a_row_for_a_main_object_counts_the_bookings_of_its_objects(courts: Place) -> None:
    courts.activate()
    courts.book(object_id=101, quiet=True)
    read = courts.api("GET", "/7")
    said = courts.api("PUT", "/7", {**read, "mapping": [*read["mapping"], *rows()]}, 409)
    assert said["plan"]["counts"]["make"] == 1


def test_the_list_of_objects_tells_it_too_where_it_shows_main_objects(courts: Place) -> None:
    courts.ireserve("PATCH", "dialect", {"groups_show_main": True})
    courts.book(object_id=101)
    courts.activate(mapping=rows())
    courts.settle(120)
    assert len(courts.events(ROOM_A)) == 1
    (found,) = [each for each in courts.api("GET", "/7/diagnostics")["checks"] if "no calendar" in each["says"]]
    assert "Tennisbaan" not in found["says"]


def test_the_first_booking_that_is_read_tells_it_and_the_next_sweep_finds_the_others(courts: Place) -> None:
    courts.book(object_id=102)
    courts.activate(mapping=rows())
    courts.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=101)
    courts.settle()
    assert len(courts.events(ROOM_A)) == 1
    courts.api("POST", "/7/sweep")
    courts.settle(120)
    assert len(courts.events(ROOM_A)) == 2


def test_one_whose_webhook_was_lost_is_found_by_a_search(courts: Place) -> None:
    courts.activate(mapping=rows())
    courts.book(object_id=101)
    courts.settle()
    courts.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=102, quiet=True)
    courts.api("POST", "/7/sweep")
    courts.settle(120)
    assert len(courts.events(ROOM_A)) == 2


def singly(place: Place) -> list[str]:
    return [call for call in place.ireserve_calls() if call.startswith("GET booking/") and call[-1].isdigit()]


def swept(place: Place) -> list[str]:
    """Sweep, and return the bookings that this read one by one."""
    place.forget()
    place.api("POST", "/7/sweep")
    place.settle(120)
    place.now += timedelta(minutes=5)
    return singly(place)


def test_what_is_known_of_an_object_is_read_once_whatever_the_number_of_its_bookings(courts: Place) -> None:
    courts.activate(mapping=rows())
    shown = f"GET booking/{courts.book('2026-11-27T10:00', '2026-11-27T11:00', object_id=101)}"  # its text is compared
    courts.settle(60)
    for day in (24, 25, 26):
        courts.book(f"2026-11-{day}T10:00", f"2026-11-{day}T11:00", object_id=12, quiet=True)
    assert len([call for call in swept(courts) if call != shown]) == 1
    assert [call for call in swept(courts) if call != shown] == []


def test_where_no_row_is_of_a_main_object_not_one_booking_is_read_to_learn_them(courts: Place) -> None:
    courts.book(object_id=12)
    courts.book(object_id=101)
    courts.forget()
    courts.activate()
    courts.settle(60)
    assert singly(courts) == []
    courts.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=12, quiet=True)
    courts.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=101, quiet=True)
    assert swept(courts) == []
    courts.book("2026-11-25T14:00", "2026-11-25T15:00", object_id=101)
    courts.settle(60)
    courts.book("2026-11-25T16:00", "2026-11-25T17:00", object_id=12, quiet=True)
    assert swept(courts) == [], "a main object is known, but no row is of it"


def test_nothing_is_read_to_learn_main_objects_where_a_row_takes_all_others(courts: Place) -> None:
    courts.activate(mapping=[{"object": "*", "calendar": ROOM_A}], inbound={"enabled": False})
    courts.book("2026-11-20T10:00", "2026-11-20T11:00", object_id=12)  # of a past event no text is read
    courts.settle(60)
    assert len(courts.events()) == 1
    assert swept(courts) == []


def test_a_webhook_tells_the_main_object_too_so_that_no_sweep_reads_for_it(courts: Place) -> None:
    courts.activate(mapping=rows())
    courts.book(object_id=12)
    courts.settle(60)
    courts.book("2026-11-25T10:00", "2026-11-25T11:00", object_id=12, quiet=True)
    assert swept(courts) == []


def test_a_new_event_books_the_main_object_and_i_reserve_chooses_the_court(courts: Place) -> None:
    courts.activate(mapping=rows())
    courts.draw("2026-11-24T10:00", "2026-11-24T11:00")
    courts.settle(60)
    (booking,) = courts.bookings()
    assert booking["object_id"] in (101, 102)
    assert courts.event(ROOM_A)["id"] == booking["external_id"]
    courts.drag(courts.event(ROOM_A)["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    courts.settle(60)
    assert courts.bookings()[0]["from"] == "2026-11-24T14:00"


def test_changed_settings_keep_its_events_in_their_calendar(courts: Place) -> None:
    courts.activate(mapping=rows())
    courts.book(object_id=101)
    courts.settle()
    read = courts.api("GET", "/7")
    assert "mains" not in read
    courts.api(
        "PUT",
        "/7?apply=all",
        {
            **{
                k: v for k, v in read.items() if k in ("id", "name", "ireserve", "google", "mapping", "inbound", "sync")
            },
            "outbound": {"title_template": "Baan {BOOKING_NUMBER}"},
        },
    )
    courts.settle(120)
    assert courts.event(ROOM_A)["summary"].startswith("Baan ")
