"""What of an event goes into its booking: its id, once, and again where an earlier id of this service stands there."""

from dataclasses import replace

from functions.domain.comparing.event_content import written
from functions.domain.model.identity import invitation_id
from functions.domain.pairing.lifecycle import _with_ids
from functions.domain.pairing.link import Occupies, Origin, WrittenIds
from functions.domain.pairing.writes import BookingChange, DeleteEvent, MakeBooking, Why, WriteBooking
from functions.domain.planning.write_event_id import ids_of, write_back
from tests.unit.sketch import KEY, ROOM_A, TEN, booking, digest, link, planning_context, settings

C = planning_context()
FIRST, SECOND = replace(KEY, id="root_20261126T090000Z"), replace(KEY, id="other_20261126T180000Z")
OF_FIRST, OF_SECOND = (digest(written("external_id", each.id)) for each in (FIRST, SECOND))


def wrote(*ours: str, standing: str, series: str = "") -> str | None:
    """Return the id that is written into a booking in which another stands."""
    pair = link(event=FIRST, ids=WrittenIds(ours))
    planned = write_back(pair, C, booking(external_id=standing), FIRST, "", series)
    if planned is None:
        return None
    assert isinstance(planned.step, WriteBooking)
    return planned.step.change.external_id


def test_an_event_that_comes_back_to_an_earlier_id_is_named_by_it_again() -> None:
    """An occurrence whose series was split and then shifted onto its old hour has the id that it began with."""
    assert wrote(OF_FIRST, OF_SECOND, standing=SECOND.id) == FIRST.id


def test_what_was_written_last_and_did_not_stay_is_not_written_again() -> None:
    assert wrote(OF_SECOND, OF_FIRST, standing=SECOND.id) is None
    assert wrote(OF_FIRST, standing="") is None


def test_a_value_of_somebody_else_stays() -> None:
    assert wrote(OF_FIRST, OF_SECOND, standing="theirs") is None


def test_a_booking_that_names_what_the_occurrence_was_comes_to_name_that_whatever_was_written_before() -> None:
    """An older store may know nothing of the id that stands there, or know it as an earlier one."""
    of_root = digest(written("external_id", "root"))
    for ours in ((), (OF_FIRST,), (of_root, OF_FIRST)):
        assert wrote(*ours, standing="root", series="root") == FIRST.id
        assert wrote(*ours, standing="root", series="root2") is None
    assert wrote(standing="", series="root") == FIRST.id


def test_so_does_the_booking_of_an_invited_room_which_names_the_rooms_own_copy() -> None:
    pair = link(event=FIRST, origin=Origin.INVITATION)
    first, single = (invitation_id(digest, ROOM_A, each) for each in (FIRST.id, "root"))
    planned = write_back(pair, C, booking(external_id=single), FIRST, "", "root")
    assert planned is not None
    assert planned.step == WriteBooking("1001", BookingChange(external_id=first), Why.WRITE_BACK)
    assert write_back(pair, C, booking(external_id="root"), FIRST, "", "root") is None


def test_an_id_that_is_written_again_is_the_last_one() -> None:
    assert _with_ids(link(ids=WrittenIds((OF_FIRST, OF_SECOND))), (OF_FIRST,)).ids.written == (OF_SECOND, OF_FIRST)


def test_only_what_is_written_back_or_made_with_a_booking_counts_as_written_by_us() -> None:
    both = BookingChange(external_id=FIRST.id, fields=(("custom02", "https://meet.example"),))
    ours = (digest(written("custom02", "https://meet.example")), OF_FIRST)
    assert ids_of(WriteBooking("1001", both, Why.WRITE_BACK), digest) == ours
    assert ids_of(WriteBooking("1001", BookingChange(fields=both.fields), Why.WRITE_BACK), digest) == ours[:1]
    assert ids_of(WriteBooking("1001", both, Why.EVENT_TEXT), digest) == ()
    made = MakeBooking(FIRST, TEN, "10", 20, 1, "custom01", (("remarks", "x"),), Why.EVENT_MADE)
    assert ids_of(made, digest) == (digest(written("custom01", FIRST.id)),)
    assert ids_of(DeleteEvent(FIRST, "", Why.BOOKING_GONE), digest) == ()


def test_a_meet_link_goes_into_its_field_only_where_meet_links_are_made() -> None:
    pair, told = link(event=FIRST, ids=WrittenIds((OF_FIRST,))), booking(external_id=FIRST.id)
    off = planning_context(settings(outbound={"meet_link_field": "custom02"}))
    on = planning_context(settings(outbound={"meet_link_field": "custom02", "create_meet_link": True}))
    assert write_back(pair, off, told, FIRST, "https://meet.example") is None
    assert write_back(pair, on, told, FIRST, "https://meet.example") is not None


def test_a_meet_link_of_ours_is_not_emptied_while_none_is_known() -> None:
    url = "https://meet.example"
    on = planning_context(settings(outbound={"meet_link_field": "custom02", "create_meet_link": True}))
    pair = link(event=FIRST, ids=WrittenIds((OF_FIRST, digest(written("custom02", url)))))
    assert write_back(pair, on, booking(external_id=FIRST.id, fields={"custom02": url}), FIRST, "") is None


def test_what_is_in_its_field_already_is_not_written_again() -> None:
    url, on = "https://meet.example", settings(outbound={"meet_link_field": "custom02", "create_meet_link": True})
    pair = link(event=FIRST, ids=WrittenIds((OF_FIRST, digest(written("custom02", url)))))
    there = booking(external_id=FIRST.id, fields={"custom02": url})
    assert write_back(pair, planning_context(on), there, FIRST, url) is None


def test_an_id_goes_into_the_field_that_the_settings_name() -> None:
    its = planning_context(settings(outbound={"external_id_field": "custom01"}))
    planned = write_back(link(event=FIRST), its, booking(external_id="", fields={"custom01": ""}), FIRST, "")
    assert planned is not None
    assert planned.step == WriteBooking("1001", BookingChange(fields=(("custom01", FIRST.id),)), Why.WRITE_BACK)


def test_a_meet_link_without_a_field_goes_nowhere() -> None:
    pair, told = link(event=FIRST, ids=WrittenIds((OF_FIRST,))), booking(external_id=FIRST.id)
    on = planning_context(settings(outbound={"create_meet_link": True}))
    assert write_back(pair, on, told, FIRST, "https://meet.example") is None


def test_what_somebody_put_into_the_field_of_the_meet_link_stays() -> None:
    on = planning_context(settings(outbound={"meet_link_field": "custom02", "create_meet_link": True}))
    pair, told = link(event=FIRST, ids=WrittenIds((OF_FIRST,))), booking(external_id=FIRST.id, fields={"custom02": "x"})
    assert write_back(pair, on, told, FIRST, "https://meet.example") is None
    assert write_back(replace(pair, occupies=Occupies("1001", ROOM_A)), C, booking(external_id=""), FIRST, "") is None
