"""What a booking looks like as an event, and an event as a booking."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.comparing.event_content import (
    DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    _cut,
    appointment_of,
    digests_of,
    in_window,
    occupied_of,
    period,
    remarks_of,
    reminder_text,
    restyled,
    style_stands,
    when_of,
)
from functions.domain.model.appointment import AllDay, Style, Timed
from functions.domain.pairing.link import Occupies
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import DAY, NOON, NOW, ROOM_A, TEN, ZONE, at, booking, event, settings, theirs

AMSTERDAM = "Europe/Amsterdam"
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- bounds
    lambda moment: moment.replace(microsecond=0)
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
quick = profile(deadline=None, derandomize=True)


@quick
@given(instants, st.integers(1, 10_000))
def test_a_time_survives_the_way_there_and_back_also_over_summer_time(start: datetime, minutes: int) -> None:
    when = Timed(start, start + timedelta(minutes=minutes))
    assert when_of(at(booking(), when), settings()) == when
    assert period(when, AMSTERDAM) == (when.start, when.end)


@quick
@given(days, st.integers(1, 10), st.sampled_from(("exclusive", "inclusive")))
def test_whole_days_survive_the_way_there_and_back_whatever_the_last_day_means(
    first: date, count: int, ends: str
) -> None:
    when = AllDay(first, first + timedelta(days=count))
    last = when.until if ends == "exclusive" else when.until - timedelta(days=1)
    shown = replace(at(booking(), AllDay(first, last)), day_mode=True)
    assert when_of(shown, settings(sync={"day_end": ends})) == when


@quick
@given(days)
def test_a_day_runs_from_local_midnight_to_local_midnight(first: date) -> None:
    start, end = period(AllDay(first, first + timedelta(days=1)), AMSTERDAM)
    assert start.astimezone(ZONE).hour == end.astimezone(ZONE).hour == 0
    assert end - start in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))


def test_the_nights_on_which_the_clock_changes_are_an_hour_shorter_and_longer() -> None:
    spring = period(AllDay(date(2027, 3, 28), date(2027, 3, 29)), AMSTERDAM)
    autumn = period(AllDay(date(2026, 10, 25), date(2026, 10, 26)), AMSTERDAM)
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=23), timedelta(hours=25))


@pytest.mark.parametrize("hours", [0, 1])
def test_a_booking_that_ends_as_or_before_it_starts_is_shown_for_a_minute(hours: int) -> None:
    minute = Timed(TEN.start, TEN.start + timedelta(minutes=1))
    assert when_of(replace(booking(), ends=TEN.start - timedelta(hours=hours)), settings()) == minute
    one_day = replace(booking(DAY), ends=booking(DAY).starts)
    assert when_of(one_day, settings()) == DAY


def test_an_event_shows_what_the_templates_say() -> None:
    its = settings(
        language="en",
        outbound={
            "title_template": "{OBJECT}\n  {FROMTIME}",
            "description_template": "{REMARKS}",
            "use_customer_data": True,
            "reminder_popup_minutes": 10,
            "reminder_email_minutes": 1440,
        },
    )
    shown = appointment_of(booking(remarks="Tom & <b>Jerry</b>", email=" Klant@Example.org "), its, ROOM_A)
    assert shown.title == "Zaal A 10:00"
    assert shown.description == "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;"
    assert shown.guest == "klant@example.org"
    assert shown.reminders == (("popup", 10), ("email", 1440))


def test_texts_are_cut_where_google_would_refuse_them() -> None:
    shown = appointment_of(booking(remarks="x" * 9000), settings(outbound={"title_template": "{REMARKS}"}), ROOM_A)
    assert (len(shown.title), len(shown.description)) == (TITLE_LIMIT, DESCRIPTION_LIMIT) == (1000, 6000)


@pytest.mark.parametrize("address", ["", "geen", "a@b", "twee@example.org, drie@example.org"])
def test_what_is_no_address_is_no_guest(address: str) -> None:
    its = settings(outbound={"use_customer_data": True})
    assert appointment_of(booking(email=address), its, ROOM_A).guest == ""
    assert appointment_of(booking(email="klant@example.org"), settings(), ROOM_A).guest == ""


def test_the_calendars_own_reminders_are_not_the_same_as_none() -> None:
    assert reminder_text(None) != reminder_text(())
    assert reminder_text((("popup", 10), ("email", 5))) == reminder_text((("email", 5), ("popup", 10)))


def test_a_persons_event_is_its_title_and_what_stands_above_our_line() -> None:
    assert remarks_of(theirs(title=" Overleg ", description="Met<br>taart")) == "Overleg\nMet\ntaart"
    assert remarks_of(event(title="", description="")) == ""


def test_what_overlaps_the_window_is_kept_in_step() -> None:
    its = settings(sync={"window_days": (-1, 2)})
    assert in_window(NOON, its, NOW)
    assert in_window(Timed(NOW - timedelta(days=9), NOW), its, NOW)
    assert not in_window(Timed(NOW - timedelta(days=9), NOW - timedelta(days=1)), its, NOW)
    assert not in_window(Timed(NOW + timedelta(days=2), NOW + timedelta(days=3)), its, NOW)


def test_an_instant_without_a_zone_is_refused_and_fractions_are_dropped() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Timed(datetime(2026, 11, 24, 9), NOW)  # noqa: DTZ001 -- that is the point
    amsterdam = datetime(2026, 11, 24, 10, 0, 0, 5, tzinfo=ZONE)
    assert Timed(amsterdam, TEN.end) == TEN


@pytest.mark.parametrize(
    ("language", "before", "after", "told"),
    [
        ("nl", 30, 0, "Voorbereiding vanaf 09:30"),
        ("nl", 0, 15, "Opruimen tot 11:15"),
        ("nl", 30, 15, "Voorbereiding vanaf 09:30; Opruimen tot 11:15"),
        ("en", 30, 15, "Preparation from 09:30; Clearing until 11:15"),
        ("en", 0, 0, ""),
    ],
)
def test_a_text_says_from_when_to_prepare_and_until_when_to_clear(
    language: str, before: int, after: int, told: str
) -> None:
    row = MappingRow("10", ROOM_A, before_minutes=before, after_minutes=after)
    its = settings(language=language, mapping=(row,))
    assert appointment_of(booking(), its, ROOM_A).description == told
    assert appointment_of(booking(remarks="Taart"), its, ROOM_A).description == "\n".join(filter(None, ("Taart", told)))
    assert appointment_of(booking(DAY), its, ROOM_A).description == ""
    apart = replace(its, mapping=(replace(row, around="events"),))
    assert appointment_of(booking(), apart, ROOM_A).description == ""


@pytest.mark.parametrize(
    ("language", "word", "title"), [("nl", "", "Bezet"), ("en", "", "Occupied"), ("nl", "Vol", "Vol")]
)
def test_a_row_that_shows_only_that_the_time_is_taken_tells_nothing_else(language: str, word: str, title: str) -> None:
    row = MappingRow("10", ROOM_A, shows="booked", booked_text=word, before_minutes=30)
    its = settings(language=language, mapping=(row,), outbound={"use_customer_data": True, "reminder_popup_minutes": 5})
    shown = appointment_of(booking(remarks="Taart", email="klant@example.org"), its, ROOM_A)
    assert (shown.title, shown.description, shown.guest, shown.style.location) == (title, "", "", "")
    assert shown.reminders == (("popup", 5),)


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", ("Bezet", "Voorbereiding", "Opruimen")), ("en", ("Occupied", "Preparation", "Clearing"))],
)
def test_an_occupied_event_says_in_the_integrations_language_what_the_time_is_taken_for(
    language: str, words: tuple[str, ...]
) -> None:
    row = MappingRow("10", ROOM_A, before_minutes=30, after_minutes=15, around="events")
    its = settings(language=language, mapping=(row,))
    shown = [occupied_of(booking(), its, Occupies("1001", ROOM_A, part)) for part in ("hours", "before", "after")]
    assert tuple(each.title for each in shown) == words


def test_an_occupied_event_whose_row_is_gone_still_says_that_the_time_is_taken() -> None:
    for part in ("hours", "before", "after"):
        shown = occupied_of(booking(object_id="99"), settings(mapping=()), Occupies("1001", ROOM_A, part))
        assert (shown.when, shown.title) == (TEN, "Bezet")


@pytest.mark.parametrize(
    ("by", "labels", "colours", "colour"),
    [
        ("none", False, {"20": "sage", "10": "grape"}, ""),
        ("status", False, {"20": "sage"}, "2"),
        ("object", False, {"10": "grape"}, "3"),
        ("status", False, {"30": "sage"}, ""),
        ("status", False, {"20": "mauve"}, ""),
        ("status", True, {"20": "mauve"}, "label:mauve"),
        ("status", True, {"20": "sage"}, "2"),
        ("status", True, {}, ""),
    ],
)
def test_a_colour_follows_the_status_or_the_object(by: str, labels: bool, colours: dict[str, str], colour: str) -> None:  # noqa: FBT001
    its = settings(outbound={"colour_by": by, "use_labels": labels, "colours": colours})
    assert appointment_of(booking(), its, ROOM_A).style.colour == colour


@pytest.mark.parametrize(("shows", "visibility"), [("full", ""), ("private", "private")])
def test_a_private_row_makes_private_events(shows: Any, visibility: str) -> None:
    its = settings(mapping=(MappingRow("10", ROOM_A, shows=shows),))
    assert appointment_of(booking(), its, ROOM_A).style.visibility == visibility
    assert appointment_of(booking(object_id="99"), its, ROOM_A).style.visibility == ""


def test_reminders_are_compared_by_method_and_minutes_in_any_order() -> None:
    assert reminder_text((("popup", 10), ("email", 5))) == "email:5,popup:10"
    assert reminder_text(()) == ""
    assert reminder_text(None) == "default"


@pytest.mark.parametrize("half", ["<b", "<a href='x", "&", "&am", "&#8217"])
def test_a_text_that_is_cut_ends_without_half_a_tag_or_half_an_entity(half: str) -> None:
    said = "x" * (DESCRIPTION_LIMIT - len(half))
    row = MappingRow("10", ROOM_A)
    its = settings(mapping=(row,), outbound={"description_template": f"{said}{{REMARKS}}"})
    assert _cut(f"{said}{half}{half}") == said
    assert _cut(f"{said}{half}") == f"{said}{half}"
    assert appointment_of(booking(remarks="y" * 99), its, ROOM_A).description == f"{said}{'y' * len(half)}"


@pytest.mark.parametrize(
    ("wanted", "shown", "base", "parts"),
    [
        (Style(colour="2"), None, {}, ("colour",)),
        (Style(colour="2"), Style(), {"colour": "2"}, ()),
        (Style(colour="2"), Style(colour="3"), {"colour": "1"}, ("colour",)),
        (Style(location="Hal"), Style(), {"location": "Hal"}, ("location",)),
        (Style(location="Hal"), Style(location="Hal"), {}, ()),
        (Style(), Style(location="Elders"), {}, ()),
        (Style(), Style(location="Hal"), {"location": "Hal"}, ("location",)),
        (Style(location="Hal", colour="2"), None, {"location": "Hal", "colour": "1", "title": "x"}, ("colour",)),
    ],
)
def test_of_a_style_that_is_written_which_is_ours_and_not_shown(
    wanted: Style, shown: Style | None, base: dict[str, str], parts: tuple[str, ...]
) -> None:
    assert restyled(wanted, shown, base, lambda text: text) == parts


@pytest.mark.parametrize(
    ("shown", "base", "stands"),
    [
        (Style(), {}, True),
        (Style(visibility="private"), {}, True),
        (Style(visibility="private"), {"visibility": "private"}, True),
        (Style(), {"visibility": "private"}, False),
        (Style(colour="3", location="Elders"), {"colour": "2", "location": "Hal"}, True),
    ],
)
def test_a_style_stands_while_all_but_place_and_colour_is_as_we_set_it(
    shown: Style, base: dict[str, str], *, stands: bool
) -> None:
    assert style_stands(shown, base, lambda text: text) is stands


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [(-2, -1, False), (-2, -0.9, True), (1.9, 3, True), (2, 3, False), (-9, 9, True)],
)
def test_the_window_ends_where_it_ends(start: float, end: float, *, inside: bool) -> None:
    when = Timed(NOW + timedelta(days=start), NOW + timedelta(days=end))
    assert in_window(when, settings(sync={"window_days": (-1, 2)}), NOW) is inside


def test_what_is_before_a_booking_by_the_day_is_its_days() -> None:
    row = MappingRow("10", ROOM_A, before_minutes=30, around="events")
    for part in ("hours", "before", "after"):
        shown = occupied_of(booking(DAY), settings(mapping=(row,)), Occupies("1001", ROOM_A, part))
        assert (shown.when, shown.title) == (DAY, "Bezet")


def test_a_title_and_a_place_are_one_line_of_at_most_a_thousand_characters() -> None:
    its = settings(outbound={"title_template": "{REMARKS}", "location_template": "{REMARKS}"})
    shown = appointment_of(booking(remarks=" een \n twee " + "x" * 1000), its, ROOM_A)
    assert shown.title == shown.style.location == f"een twee {'x' * 991}"


@pytest.mark.parametrize("free", [True, False])
def test_a_tentative_booking_leaves_its_hours_free_only_where_asked_for(free: bool) -> None:  # noqa: FBT001
    its = settings(outbound={"tentative_on_status": (10,), "tentative_is_free": free})
    assert appointment_of(booking(status=10), its, ROOM_A).style == Style(tentative=True, free=free)
    assert appointment_of(booking(), its, ROOM_A).style == Style()


def test_what_an_event_should_show_is_known_by_field_and_only_as_digests() -> None:
    row = MappingRow("10", ROOM_A, shows="private")
    its = settings(
        mapping=(row,),
        outbound={
            "use_customer_data": True, "create_meet_link": True, "reminder_email_minutes": 30,
            "location_template": "Hal", "colour_by": "status", "colours": {"20": "sage"},
            "tentative_on_status": (20,), "tentative_is_free": True,
        },
    )  # fmt: skip
    made = booking(remarks="Met <b> beamer", email=" Klant@Example.org ")
    assert dict(digests_of(appointment_of(made, its, ROOM_A), lambda text: text)) == {
        "title": "Zaal A - 1001",
        "description": "Met <b> beamer",
        "guest": "klant@example.org",
        "reminders": "email:30",
        "meet": "meet",
        "location": "Hal",
        "colour": "2",
        "visibility": "private",
        "tentative": "tentative",
        "free": "free",
    }
    plain = digests_of(appointment_of(booking(), settings(), ROOM_A), lambda text: text)
    assert plain == {"title": "Zaal A - 1001", "description": "", "guest": "", "reminders": "", "meet": ""}
