"""The templates: what stands in the title and above the service's line, and what people write below it."""

from typing import Any

import pytest

from tests.harness.deeds import LINE, active, changed, faults, made, why, writes
from tests.harness.place import ROOM_A, ROOM_B, Place

BOOKED: dict[str, Any] = {"remarks": "graag stoelen klaarzetten", "number": 3, "customer_id": 3}


def test_title_template_left_out_is_object_and_number(place: Place) -> None:
    active(place)
    booking, event = made(place)
    assert event["summary"] == f"Zaal A - {booking}"


def test_description_template_left_out_is_the_remarks_above_the_line(place: Place) -> None:
    active(place)
    _, event = made(place, **BOOKED)
    assert event["description"] == f"graag stoelen klaarzetten\n\n{LINE}"


def test_description_template_left_out_shows_no_customer(place: Place) -> None:
    active(place)
    _, event = made(place, **BOOKED)
    assert "Gast" not in str(event)
    assert "guest@example.org" not in str(event)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{OBJECT}", "Zaal A"),
        ("{FROMDATE}", "dinsdag 24 november 2026"),
        ("{FROMTIME}-{TILLTIME}", "10:00-11:30"),
        ("{TILLDATE}", "dinsdag 24 november 2026"),
        ("{MINUTES} min", "90 min"),
        ("{NUMBER_OF_PLACES} plaatsen", "3 plaatsen"),
        ("{REMARKS}", "graag stoelen klaarzetten"),
        ("{CUSTOMER}", "Mevr. G. Gast"),
        ("{STATUS}", "OPEN"),
        ("{LOCATION} {LOCATION_DESC} {LOCATION_ID}", "ZAAL Grote zaal 12"),
        ("{RES_CUSTOM03}", "vergadering"),
        ("{RES_CUSTOM3}", "vergadering"),
        ("Vast [tekst]", "Vast [tekst]"),
        ("A {SETUP_DESC} B", "A B"),
    ],
)
def test_title_template_fills_each_placeholder(place: Place, template: str, text: str) -> None:
    active(place, title_template=template)
    _, event = made(place, end="2026-11-24T11:30", custom={"03": "vergadering"}, **BOOKED)
    assert event["summary"] == text


def test_title_template_writes_dates_in_the_integrations_language(place: Place) -> None:
    active(place, {"language": "en"}, title_template="{FROMDATE}")
    _, event = made(place)
    assert event["summary"] == "Tuesday 24 November 2026"


@pytest.mark.parametrize("field", ["title_template", "description_template"])
@pytest.mark.parametrize("name", ["HASHKEY", "ACCEPTLINK", "EDITBOOKLINK", "ETICKET"])
def test_templates_refuse_what_would_give_access_away(place: Place, field: str, name: str) -> None:
    said = faults(place, outbound={field: f"x {{{name}}}"})[f"outbound.{field}"]
    assert f"{{{name}}} cannot be used" in said


@pytest.mark.parametrize(
    ("template", "says"), [("{NOPE}", "never filled"), ("{remarks}", "not a placeholder"), ("{}", "not a placeholder")]
)
def test_templates_refuse_what_is_no_placeholder(place: Place, template: str, says: str) -> None:
    assert says in faults(place, outbound={"title_template": template})["outbound.title_template"]


def test_title_template_that_is_empty_is_a_fault(place: Place) -> None:
    assert "give the event a title" in faults(place, outbound={"title_template": " "})["outbound.title_template"]


def test_description_template_that_is_empty_leaves_the_line_alone(place: Place) -> None:
    active(place, description_template="")
    _, event = made(place, **BOOKED)
    assert event["description"] == LINE


def test_description_template_of_several_lines_keeps_them(place: Place) -> None:
    active(place, description_template="Aantal: {NUMBER_OF_PLACES}\n\n{REMARKS}")
    _, event = made(place, **BOOKED)
    assert event["description"] == f"Aantal: 3\n\ngraag stoelen klaarzetten\n\n{LINE}"


def test_title_follows_the_booking_and_comes_back_when_a_person_overwrites_it(place: Place) -> None:
    active(place, title_template="{REMARKS}")
    booking, event = made(place, remarks="eerst")
    changed(place, booking, remarks="daarna")
    assert place.event()["summary"] == "daarna"
    place.edit(event["id"], summary="van iemand")
    place.settle()
    assert place.event()["summary"] == "daarna"


def test_text_under_the_line_stays_when_the_booking_changes(place: Place) -> None:
    active(place)
    booking, event = made(place, **BOOKED)
    place.edit(event["id"], description=event["description"] + "\nSleutel bij de balie")
    place.settle()
    changed(place, booking, remarks="graag tafels", start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["description"] == f"graag tafels\n\n{LINE}\nSleutel bij de balie"


def test_text_under_the_line_stays_as_googles_editor_wrote_it(place: Place) -> None:
    active(place)
    booking, event = made(place, **BOOKED)
    by_hand = f"graag stoelen klaarzetten<br><br>{LINE}<br><b>Sleutel</b> bij de balie"
    place.edit(event["id"], description=by_hand)
    place.settle()
    assert place.event()["description"] == by_hand
    changed(place, booking, remarks="graag tafels")
    assert place.event()["description"] == f"graag tafels\n\n{LINE}\n<b>Sleutel</b> bij de balie"


def test_text_above_the_line_is_the_bookings_and_comes_back(place: Place) -> None:
    active(place)
    _, event = made(place, **BOOKED)
    place.edit(event["id"], description=f"iets anders\n\n{LINE}\nblijft")
    place.settle()
    assert place.event()["description"] == f"graag stoelen klaarzetten\n\n{LINE}\nblijft"


@pytest.mark.parametrize(
    ("by_hand", "kept"),
    [
        ("graag stoelen klaarzetten\n\nSleutel bij Jan\n\nen bij Ans", "Sleutel bij Jan\n\nen bij Ans"),
        ("<p>graag stoelen klaarzetten</p><p>Sleutel bij <b>Jan</b> &amp; Ans</p>", "Sleutel bij Jan &amp; Ans"),
        (f"graag stoelen klaarzetten\nSleutel bij Jan\n\n{LINE}\nblijft", "Sleutel bij Jan\nblijft"),
    ],
    ids=["without the line", "in an editor", "above the line"],
)
def test_what_a_person_adds_to_the_text_of_the_booking_is_kept_below_the_line(
    place: Place, by_hand: str, kept: str
) -> None:
    active(place)
    booking, event = made(place, **BOOKED)
    place.edit(event["id"], description=by_hand)
    place.settle(60)
    assert place.event()["description"] == f"graag stoelen klaarzetten\n\n{LINE}\n{kept}"
    changed(place, booking, remarks="graag tafels")
    assert place.event()["description"] == f"graag tafels\n\n{LINE}\n{kept}"


def test_a_program_that_rewrites_the_line_makes_no_text_grow(place: Place) -> None:
    active(place)
    _, event = made(place, **BOOKED)
    for _ in range(9):
        place.edit(event["id"], description=place.event()["description"].replace("—", "-"))
        place.settle(600)
    assert len(place.event()["description"]) <= len(event["description"])


def test_what_the_booking_said_before_is_not_kept_as_a_persons(place: Place) -> None:
    booked = {"object": "11", "calendar": ROOM_B, "shows": "booked"}
    active(place, {"mapping": [{"object": "10", "calendar": ROOM_A}, booked]})
    booking, event = made(place, **BOOKED)
    place.edit(event["id"], description="graag stoelen klaarzetten\nSleutel bij Jan")
    changed(place, booking, object_id=11)
    assert place.event(ROOM_B)["description"] == LINE


def test_the_line_that_a_person_removed_comes_back_without_losing_the_text(place: Place) -> None:
    active(place)
    booking, event = made(place, **BOOKED)
    place.edit(event["id"], description="alles weg, dit is van mij")
    place.settle()
    changed(place, booking, remarks="graag tafels")
    assert place.event()["description"].startswith(f"graag tafels\n\n{LINE}")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<a href="https://evil.test">klik</a>',
        "a < b & c > d",
        "&lt;b&gt;",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_hostile_remarks_are_escaped_in_the_description_and_plain_in_the_title(place: Place, hostile: str) -> None:
    active(place, title_template="{REMARKS}")
    booking, event = made(place, remarks=hostile)
    above = event["description"].split(LINE)[0].strip()
    assert "<" not in above
    assert ">" not in above
    assert event["summary"] == hostile
    place.forget()
    place.api("POST", "/7/resync")
    place.settle()
    assert place.event()["etag"] == event["etag"], f"booking {booking} was written again"


def test_remarks_that_imitate_the_line_do_not_move_it(place: Place) -> None:
    active(place)
    booking, event = made(place, remarks=f"voor\n{LINE}\nna")
    before = event["description"]
    place.edit(event["id"], description=before + "\nvan een mens")
    place.settle()
    changed(place, booking, remarks="schoon")
    after = place.event()["description"]
    assert after.startswith(f"schoon\n\n{LINE}")
    assert after.endswith("van een mens")
    assert "na" not in after.split(LINE)[1].splitlines()


IN_PIECES = [
    ("{REMARKS}\nTel. {RES_CUSTOM03}", "graag\n———— i-Re-::~:~::~:~::~:~::-serve"),
    ("———— {REMARKS}\nTel. {RES_CUSTOM03}", "i-Reserve belt terug"),
]


@pytest.mark.parametrize(("template", "remarks"), IN_PIECES, ids=["around an edge", "after the template's own text"])
def test_a_line_that_only_comes_together_in_the_event_is_none(place: Place, template: str, remarks: str) -> None:
    """Below it, what the booking says would count as people's: doubled with each change, shown where it must be hidden."""
    booked = {"object": "11", "calendar": ROOM_B, "shows": "booked"}
    active(place, {"mapping": [{"object": "10", "calendar": ROOM_A}, booked]}, description_template=template)
    booking, _ = made(place, remarks=remarks, custom={"03": "0612345678"})
    changed(place, booking, custom={"03": "0687654321"})
    place.settle(300)
    assert why(place) == ["booking_made", "write_back", "booking_changed"]
    shown = place.event()["description"]
    assert shown.count("———— i-Reserve") == 1
    assert ("0612345678" in shown, shown.count("0687654321")) == (False, 1)
    place.api("POST", "/7/audit", status=202)
    place.settle(60)
    assert place.api("GET", "/7/audit")["findings"] == []
    changed(place, booking, object_id=11)
    assert place.event(ROOM_B)["description"] == LINE


def test_placeholders_inside_remarks_are_not_filled(place: Place) -> None:
    active(place, title_template="{REMARKS}")
    _, event = made(place, remarks="{CUSTOMER} {BOOKING_NUMBER}", customer_id=3)
    assert event["summary"] == "{CUSTOMER} {BOOKING_NUMBER}"


def test_remarks_of_ten_thousand_characters_are_cut_and_stay_in_step(place: Place) -> None:
    active(place)
    booking, event = made(place, remarks="<x> & " * 2000)
    assert len(event["description"]) < 8192
    place.forget()
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.api("POST", "/7/resync")
    place.settle()
    assert place.calls().count("calendar.events.patch") == 1


def test_texts_that_google_cuts_are_written_once_and_stop_nothing(place: Place) -> None:
    place.google("POST", "texts", {"longest": 30})
    active(place, location_template="Sporthal Noord, Zaal A, eerste verdieping", description_template="{REMARKS}")
    booking, event = made(place, remarks="neem een bal mee, en vraag de sleutel aan de balie")
    assert event["description"] == "neem een bal mee, en vraag de "
    place.forget()
    place.edit(event["id"], colorId="5")
    place.api("POST", "/7/resync")
    place.settle(60)
    assert writes(place) == []
    changed(place, booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    assert place.event()["start"]["dateTime"][11:13] == "12"
    assert writes(place) == ["calendar.events.patch"]


@pytest.mark.parametrize("mode", ["as_sent", "web"])
def test_notes_saved_in_an_editor_are_kept_and_the_pair_follows_its_times(place: Place, mode: str) -> None:
    active(place, {"inbound": {"allow_booking_update": True}})
    place.google("POST", "texts", {"mode": mode})
    booking, event = made(place, remarks="graag stoelen klaarzetten")
    for number in range(5):
        seen = place.event()["description"]
        place.edit(event["id"], description=f"{seen}\nnotitie {number}")
        place.settle(60)
    text = place.event()["description"]
    assert "graag stoelen klaarzetten" in text
    assert all(f"notitie {number}" in text for number in range(5))
    place.drag(event["id"], "2026-11-24T15:00", "2026-11-24T16:00")
    place.settle()
    assert place.booking(booking)["from"] == "2026-11-24T15:00"


def test_a_text_that_an_editor_saved_is_changed_without_half_tags(place: Place) -> None:
    active(place)
    booking, event = made(place, **BOOKED)
    place.google("POST", "texts", {"mode": "web"})
    place.edit(event["id"], description=f"{event['description']}\nmijn notitie")
    place.settle()
    place.google("POST", "texts", {"mode": "as_sent"})
    place.change(booking, remarks="en tafels")
    place.settle()
    assert place.event()["description"] == f"en tafels\n\n{LINE}\nmijn notitie"


def test_a_conference_block_in_the_remarks_stays_readable_and_stops_nothing(place: Place) -> None:
    edge = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"
    active(place)
    booking, _ = made(place, remarks=f"Vergadering\n{edge}\nJoin: https://meet.example.org/abc\n{edge}")
    assert "https://meet.example.org/abc" in place.event()["description"]
    for hour in range(11, 18):
        place.change(booking, start=f"2026-11-24T{hour}:00", end=f"2026-11-24T{hour + 1}:00")
        place.settle(120)
    assert place.event()["start"]["dateTime"].startswith("2026-11-24T17:00")


def test_a_persons_markup_arrives_as_text_in_the_remarks_of_the_booking(place: Place) -> None:
    active(place)
    place.google("POST", "texts", {"mode": "web"})
    place.draw("2026-11-24T10:00", "2026-11-24T11:00", description="Eén & twee\n\nhttps://example.org/a")
    place.settle()
    (booking,) = place.bookings()
    assert booking["remarks"] == "Overleg\nEén & twee\n\nhttps://example.org/a"


def test_what_people_write_stays_whole_where_the_bookings_own_text_becomes_very_long(place: Place) -> None:
    active(place, description_template="{REMARKS}")
    place.google("POST", "texts", {"longest": 8192})
    booking, event = made(place, remarks="kort")
    own = "Eigen woorden " * 140 + "einde."
    place.edit(event["id"], description=f"{event['description']}\n{own}")
    place.settle()
    changed(place, booking, remarks="lang " * 1600)
    assert place.event()["description"].startswith("lang lang")
    assert place.event()["description"].endswith(own)
