"""The merge: both sides are there, and each field goes where its owner says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.domain.model.appointment import Style, Timed
from functions.domain.model.event import EventKey, Guest, MeetState
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.life import Grace, State
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Intent, Origin, Refusal, Refusals, WrittenIds
from functions.domain.pairing.step import Landed, Look, Rest, Settle
from functions.domain.pairing.writes import (
    Asked,
    BookingChange,
    DeleteEvent,
    EventChange,
    MoveEvent,
    PatchEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.merge import merge
from functions.domain.planning.merge_event import noted
from functions.domain.planning.plan import plan
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import MappingRow
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    DAY,
    EVENING,
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_A,
    ROOM_B,
    TEN,
    base,
    booking,
    digest,
    event,
    link,
    planning_context,
    settings,
    their_booking,
    their_link,
    theirs,
    view,
)

C = planning_context()
MAY = planning_context(settings(inbound={"allow_booking_update": True}))
ROOMS = planning_context(settings(inbound={"allow_booking_update": True, "allow_object_change": True}))
EVENT_WINS = planning_context(settings(inbound={"allow_booking_update": True}, sync={"conflict_winner": "event"}))
AT_NOON = Asked(digest(str(NOON)))
LINE = "———— i-Reserve · schrijf onder deze regel ————"


def patch(v: View, context: PlanningContext = C) -> PatchEvent:
    step = plan(v, context).step
    assert isinstance(step, PatchEvent), step
    return step


def test_a_pair_in_step_rests() -> None:
    assert plan(view(), C).step == Rest(Why.IN_STEP)
    assert plan(view(seen=BELIEVED), C).step == Rest(Why.IN_STEP)


def test_what_was_learnt_about_an_event_is_kept() -> None:
    step = plan(view(seen=event(etag='"2"')), C).step
    assert isinstance(step, Settle)
    assert step.link.event_etag == '"2"'


def test_a_new_time_of_the_booking_costs_one_write_unseen() -> None:
    step = patch(view(its=booking(NOON), seen=BELIEVED))
    assert step == PatchEvent(KEY, '"1"', EventChange(when=NOON), Why.BOOKING_CHANGED)


def test_a_new_title_or_reminder_goes_along_unseen() -> None:
    context = planning_context(settings(outbound={"title_template": "{BOOKING_NUMBER}", "reminder_popup_minutes": 10}))
    change = patch(view(seen=BELIEVED), context).change
    assert change == EventChange(title="1001", reminders=(("popup", 10),))


def test_a_meet_link_that_is_wanted_now_is_asked_for_unseen() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    assert patch(view(seen=BELIEVED), context).change == EventChange(meet=True)
    had = link(base=base(context=context))
    assert isinstance(plan(view(had, seen=BELIEVED), C).step, Settle)  # one that is not wanted any more stays


@pytest.mark.parametrize(
    "more",
    [
        {"base": None},
        {"refusals": Refusals(time=Refusal("x", "other"))},
        {"life": Grace(NOW)},
        {"meet_asked_at": NOW},
        {"unsettled": True},
        {"event": MOVED},
    ],
    ids=str,
)
def test_the_event_is_read_where_the_base_alone_does_not_say_enough(more: dict[str, Any]) -> None:
    of = link(**more)
    assert plan(view(of, seen=BELIEVED), C).step == Look(event=of.event)


def test_the_event_is_read_before_its_description_or_guest_changes() -> None:
    assert plan(view(its=booking(remarks="Met beamer"), seen=BELIEVED), C).step == Look(event=KEY)


def test_another_object_moves_the_event_to_its_calendar() -> None:
    planned = plan(view(its=booking(object_id="11"), seen=BELIEVED), C)
    assert planned.step == MoveEvent(KEY, '"1"', ROOM_B, Why.BOOKING_CHANGED)
    assert planned.base is not None
    assert (planned.base.calendar, planned.base.object_id) == (ROOM_B, "11")
    assert plan(view(its=booking(object_id="11")), C).step == planned.step


def test_a_persons_event_is_moved_in_time_unseen_and_keeps_its_texts() -> None:
    planned = plan(view(their_link(), their_booking(NOON), BELIEVED), C)
    assert isinstance(planned.step, PatchEvent)
    assert planned.step.change == EventChange(when=NOON)
    assert planned.base is not None
    assert planned.base.digests == their_link().base.digests  # type: ignore[union-attr]  # it has one


def test_a_dragged_event_moves_its_booking_where_that_is_allowed() -> None:
    planned = plan(view(seen=event(NOON)), MAY)
    assert planned.step == WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED, AT_NOON)
    assert planned.base is not None
    assert planned.base.when == NOON


def test_a_dragged_event_goes_back_where_that_is_not_allowed_and_says_why() -> None:
    step = patch(view(seen=event(NOON)))
    assert (step.change.when, step.why, step.notice) == (TEN, Why.PUT_BACK, "not_allowed")
    assert step.change.description is not None
    assert step.change.description.endswith(
        "⚠ 23-11-2026 09:00 Deze reservering wordt in i-Reserve gewijzigd, niet in de agenda."
    )


def test_a_dragged_event_of_an_activity_goes_back_and_says_why() -> None:
    assert patch(view(its=booking(activity_id="5"), seen=event(NOON)), MAY).notice == "activity"


def test_with_inbound_off_a_persons_event_goes_back_too() -> None:
    context = planning_context(settings(inbound={"enabled": False}))
    assert patch(view(their_link(), their_booking(), theirs(NOON)), context).notice == "other"


def test_a_persons_event_moves_its_booking_by_default() -> None:
    step = plan(view(their_link(), their_booking(), theirs(NOON)), C).step
    assert step == WriteBooking("1001", BookingChange(when=NOON), Why.EVENT_MOVED, AT_NOON)


def test_a_refused_move_is_put_back_with_the_reason_and_not_asked_again() -> None:
    refused = link(refusals=Refusals(time=Refusal(digest(str(NOON)), "period_taken")), notice="period_taken")
    step = patch(view(refused, seen=event(NOON)), MAY)
    assert (step.change.when, step.notice) == (TEN, "period_taken")
    again = plan(view(refused, seen=event(EVENING)), MAY).step
    assert isinstance(again, WriteBooking)


def test_validation_is_ignored_only_where_asked_for_and_known_how() -> None:
    its = settings(inbound={"allow_booking_update": True, "ignore_validation_errors_on_update": True})
    for known in (True, False):
        step = plan(view(seen=event(NOON)), planning_context(its, override_known=known)).step
        assert isinstance(step, WriteBooking)
        assert step.change.ignore_validation is known


def test_when_both_moved_the_winner_of_the_settings_decides() -> None:
    v = view(its=booking(EVENING), seen=event(NOON))
    step = patch(v, MAY)
    assert (step.change.when, step.why) == (EVENING, Why.CONFLICT)
    won = plan(v, EVENT_WINS).step
    assert won == WriteBooking("1001", BookingChange(when=NOON), Why.CONFLICT, AT_NOON)


def test_both_moved_to_the_same_time_is_no_conflict() -> None:
    step = plan(view(its=booking(NOON), seen=event(NOON)), MAY).step
    assert isinstance(step, Settle)
    assert step.link.base is not None
    assert step.link.base.when == NOON


def test_a_booking_by_the_day_makes_an_event_of_whole_days() -> None:
    assert patch(view(its=booking(DAY), seen=BELIEVED)).change.when == DAY


def test_an_event_of_whole_days_that_gets_hours_is_read_first_because_it_has_no_time_zone_yet() -> None:
    of = link(base=base(booking(DAY)))
    assert plan(view(of, booking(NOON), BELIEVED), C).step == Look(event=KEY)
    assert patch(view(of, booking(NOON), event(DAY))).change.when == NOON


def test_an_event_in_another_calendar_changes_the_object_where_that_is_allowed() -> None:
    planned = plan(view(seen=event(key=MOVED)), ROOMS)
    assert planned.step == WriteBooking(
        "1001", BookingChange(object_id="11"), Why.EVENT_OBJECT, Asked(room=digest(f"{ROOM_B} {TEN}"))
    )
    assert planned.base is not None
    assert (planned.base.calendar, planned.base.object_id) == (ROOM_B, "11")
    both = plan(view(seen=event(NOON, key=MOVED)), ROOMS).step
    assert both == WriteBooking(
        "1001",
        BookingChange(when=NOON, object_id="11"),
        Why.EVENT_MOVED,
        Asked(digest(str(NOON)), digest(f"{ROOM_B} {NOON}")),
    )


def test_an_event_in_another_calendar_goes_back_with_the_reason_first() -> None:
    said = patch(view(seen=event(key=MOVED)), MAY)
    assert (said.why, said.notice) == (Why.REFUSED, "object_change")
    assert said.change.description is not None
    v = view(seen=event(key=MOVED, description=said.change.description))
    assert plan(v, MAY).step == MoveEvent(MOVED, '"1"', ROOM_A, Why.PUT_BACK)
    activity = patch(view(its=booking(activity_id="5"), seen=event(key=MOVED)), ROOMS)
    assert activity.notice == "activity"
    refused = patch(
        view(
            link(refusals=Refusals(room=Refusal(digest(f"{ROOM_B} {TEN}"), "period_taken")), notice="period_taken"),
            seen=event(key=MOVED),
        ),
        ROOMS,
    )
    assert refused.notice == "period_taken"


def test_an_event_goes_back_where_its_calendar_names_no_single_object() -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_B), MappingRow("12", ROOM_B))
    its = settings(inbound={"allow_booking_update": True, "allow_object_change": True}, mapping=rows)
    assert patch(view(seen=event(key=MOVED)), planning_context(its)).notice == "object_change"


def test_when_both_changed_the_room_the_winner_decides() -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_B), MappingRow("12", "room-c@group.calendar.google.com"))
    inbound = {"allow_booking_update": True, "allow_object_change": True}
    v = view(its=booking(object_id="12"), seen=event(key=MOVED))
    booking_wins = planning_context(settings(inbound=inbound, mapping=rows))
    moved = plan(v, booking_wins).step
    assert moved == MoveEvent(MOVED, '"1"', "room-c@group.calendar.google.com", Why.BOOKING_CHANGED)
    event_wins = planning_context(settings(inbound=inbound, mapping=rows, sync={"conflict_winner": "event"}))
    won = plan(v, event_wins).step
    assert isinstance(won, WriteBooking)
    assert won.change.object_id == "11"


def test_an_event_that_wins_but_is_refused_says_so_when_it_gets_the_bookings_own_new_time() -> None:
    refused = link(refusals=Refusals(time=Refusal(digest(str(NOON)), "period_taken")), notice="period_taken")
    planned = plan(view(refused, booking(EVENING), event(NOON)), EVENT_WINS)
    step = planned.step
    assert isinstance(step, PatchEvent)
    assert (step.change.when, step.why, step.notice) == (EVENING, Why.CONFLICT, "period_taken")
    shown = event(EVENING, description=step.change.description or "")
    begun = replace(refused, intent=Intent("s", step, NOW, planned.base))
    landed = after(begun, Landed(shown)).link
    settled = plan(view(landed, booking(EVENING), shown), EVENT_WINS).step
    assert isinstance(settled, Settle), "and it goes on saying so"
    assert settled.link.notice == "period_taken"


def test_an_event_whose_refused_time_is_no_longer_shown_says_nothing_of_it() -> None:
    refused = link(refusals=Refusals(time=Refusal(digest(str(NOON)), "period_taken")), notice="period_taken")
    assert patch(view(refused, booking(EVENING), event()), EVENT_WINS).notice == ""


def test_an_event_whose_room_wins_but_is_refused_says_so_before_it_goes_to_the_bookings_own_new_room() -> None:
    rows = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_B), MappingRow("12", "room-c@group.calendar.google.com"))
    inbound = {"allow_booking_update": True, "allow_object_change": True}
    context = planning_context(settings(inbound=inbound, mapping=rows, sync={"conflict_winner": "event"}))
    refused = Refusals(room=Refusal(digest(f"{ROOM_B} {TEN}"), "period_taken"))
    v = view(link(refusals=refused, notice="period_taken"), booking(object_id="12"), event(key=MOVED))
    step = patch(v, context)
    assert (step.why, step.notice) == (Why.REFUSED, "period_taken")
    said = event(key=MOVED, description=step.change.description or "")
    assert isinstance(plan(replace(v, event=Snapshot.of(said)), context).step, MoveEvent)


def test_an_event_found_elsewhere_without_a_base_is_moved_home() -> None:
    planned = plan(view(link(base=None), seen=event(key=MOVED)), C)
    assert planned.step == MoveEvent(MOVED, '"1"', ROOM_A, Why.BOOKING_CHANGED)
    assert planned.base is None


def test_the_title_and_text_of_a_booking_are_put_right_and_what_people_wrote_stays() -> None:
    seen = event(title="Feestje", description=f"iets\n\n{LINE}\nneem een bal mee")
    step = patch(view(its=booking(remarks="Met beamer"), seen=seen))
    assert step.change.title == "Zaal A - 1001"
    assert step.change.description == f"Met beamer\n\n{LINE}\nneem een bal mee"
    assert step.why is Why.BOOKING_CHANGED
    renamed = patch(view(seen=event(title="Feestje")))
    assert renamed.why is Why.PUT_BACK


def test_the_title_and_text_of_a_persons_event_stay_theirs() -> None:
    seen = theirs(title="Andere titel", etag='"1"')
    step = plan(view(their_link(), their_booking(), seen), C).step
    assert step == WriteBooking("1001", BookingChange(fields=(("remarks", "Andere titel\nMet taart"),)), Why.EVENT_TEXT)


def test_remarks_that_a_person_changed_are_not_overwritten() -> None:
    seen = theirs(title="Andere titel")
    step = plan(view(their_link(), their_booking(remarks="Belt nog"), seen), C).step
    assert not isinstance(step, WriteBooking)


def test_without_a_remarks_field_texts_are_not_carried_over() -> None:
    context = planning_context(settings(inbound={"remarks_field": "none"}))
    assert plan(view(their_link(), their_booking(), theirs(title="Andere titel")), context).step == Rest(Why.IN_STEP)


def test_the_customer_becomes_a_guest_and_a_former_one_leaves() -> None:
    context = planning_context(settings(outbound={"use_customer_data": True}))
    of = booking(email="nieuw@example.org")
    had = link(base=base(booking(email="oud@example.org"), context))
    seen = event(guests=(Guest("oud@example.org"), Guest("vriend@example.org")))
    change = patch(view(had, of, seen), context).change
    assert (change.guest_in, change.guest_out) == ("nieuw@example.org", "oud@example.org")
    there = event(guests=(Guest("Nieuw@example.org"),))
    assert isinstance(plan(view(link(base=base(of, context)), of, there), context).step, Rest)


def test_reminders_of_our_event_are_the_settings() -> None:
    assert patch(view(seen=event(reminders=None))).change.reminders == ()


def test_a_meet_link_is_asked_for_once() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    assert patch(view(seen=event()), context).change.meet is True
    asked = link(base=base(context=context))
    assert isinstance(plan(view(asked), context).step, Rest)


def test_a_meet_link_that_google_is_making_is_looked_for_again_with_patience() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    pending = event(meet=MeetState.PENDING)
    step = plan(view(link(base=base(context=context)), seen=pending), context).step
    assert isinstance(step, Settle)
    assert step.link.meet_asked_at == NOW
    waiting = view(step.link, seen=pending)
    assert plan(waiting, context).step == Rest(Why.IN_STEP, NOW + timedelta(seconds=5))
    late = replace(context, now=NOW + timedelta(minutes=11))
    given_up = plan(waiting, late).step
    assert isinstance(given_up, Settle)
    assert given_up.link.lacks("meet")
    assert plan(view(given_up.link, seen=pending), late).step == Rest(Why.IN_STEP)


def test_a_meet_link_that_google_fails_to_make_later_is_noted_until_there_is_one() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    waiting = link(base=base(context=context), meet_asked_at=NOW)
    failed = plan(view(waiting, seen=event(meet=MeetState.FAILED)), context).step
    assert isinstance(failed, Settle)
    assert failed.link.lacks("meet")
    assert failed.link.meet_asked_at is None
    ready = event(meet=MeetState.READY, meet_url="https://meet.google.com/abc")
    told = replace(booking(), fields={"custom02": "https://meet.google.com/abc"})
    mended = plan(view(failed.link, told, ready), context).step
    assert isinstance(mended, Settle)
    assert not mended.link.lacks("meet")


def test_the_ids_of_event_and_meet_link_go_into_their_fields() -> None:
    its = settings(outbound={"external_id_field": "custom01", "create_meet_link": True, "meet_link_field": "custom02"})
    context = planning_context(its)
    ready = event(meet=MeetState.READY, meet_url="https://meet.google.com/abc")
    step = plan(view(link(base=base(context=context)), booking(), ready), context).step
    assert step == WriteBooking(
        "1001",
        BookingChange(fields=(("custom01", KEY.id), ("custom02", "https://meet.google.com/abc"))),
        Why.WRITE_BACK,
    )
    plain = plan(view(its=booking(external_id="")), C).step
    assert plain == WriteBooking("1001", BookingChange(external_id=KEY.id), Why.WRITE_BACK)


def test_an_id_that_cannot_be_read_back_is_written_once() -> None:
    of = link(ids=WrittenIds((digest(f"external_id\n{KEY.id}"),)))
    assert plan(view(of, booking(external_id="")), C).step == Rest(Why.IN_STEP)


def test_a_reason_that_is_over_is_taken_off_the_event() -> None:
    said = f"{LINE}\n⚠ 22-11-2026 09:00 i-Reserve weigert dit."
    step = patch(view(seen=event(description=said)))
    assert (step.change.description, step.why) == (LINE, Why.BOOKING_CHANGED)
    assert isinstance(plan(view(link(notice="other"), seen=event(description=said)), C).step, Rest)
    renamed = patch(view(seen=event(description=said, title="Feestje")))
    assert renamed.why is Why.PUT_BACK


def test_an_adopted_event_is_made_to_show_its_booking() -> None:
    step = patch(view(link(base=None), seen=event(NOON, title="Oud")))
    assert (step.change.when, step.change.title, step.why) == (TEN, "Zaal A - 1001", Why.ADOPTED)
    persons = patch(view(their_link(base=None), their_booking(NOON), theirs()))
    assert persons.change == EventChange(when=NOON)


def test_a_guest_copy_is_left_alone() -> None:
    assert plan(view(seen=event(NOON, organizer_self=False)), MAY).step == Rest(Why.NOT_ELIGIBLE)


def test_an_event_that_is_back_ends_grace_and_keeps_what_is_known_of_foreign_ids() -> None:
    of = link(ids=WrittenIds(foreign=True), life=Grace(NOW))
    step = plan(view(of, booking(external_id="foreign")), C).step
    assert isinstance(step, Settle)
    assert (step.link.state, step.link.reason) == (State.ACTIVE, "foreign_id")


def test_a_merge_without_its_sides_decides_nothing() -> None:
    assert merge(view(its=ABSENT), C).step == Rest(Why.UNREADABLE)
    nowhere = planning_context(settings(mapping=(MappingRow("11", ROOM_B),)))
    assert merge(view(), nowhere).step == Rest(Why.NO_CALENDAR)
    assert noted(View(link(notice="other"), Snapshot.of(booking()), ABSENT), C) is None
    assert noted(view(link()), C) is None


def test_a_room_that_the_booking_has_already_is_no_choice() -> None:
    v = view(link(event=EventKey(ROOM_B, KEY.id)), booking(object_id="11"), event(key=MOVED))
    assert isinstance(plan(v, ROOMS).step, PatchEvent | Settle)
    assert link().origin is Origin.BOOKING


def test_a_reason_goes_with_the_next_change_in_one_write() -> None:
    said = f"{LINE}\n⚠ 22-11-2026 09:00 i-Reserve weigert dit."
    told = link(notice="period_taken")
    assert plan(view(told, booking(NOON), BELIEVED), C).step == Look(event=KEY)
    step = patch(view(told, booking(NOON), event(description=said)))
    assert (step.change.when, step.change.description) == (NOON, LINE)


def test_a_field_that_holds_nothing_foreign_any_more_gets_the_id() -> None:
    was_foreign = link(ids=WrittenIds(foreign=True))
    step = plan(view(was_foreign, booking(external_id="")), C).step
    assert step == WriteBooking("1001", BookingChange(external_id=KEY.id), Why.WRITE_BACK)
    settled = plan(view(was_foreign), C).step
    assert isinstance(settled, Settle)
    assert (settled.link.ids.foreign, settled.link.reason) == (False, "")


def test_what_stands_in_a_field_that_was_chosen_later_is_never_overwritten() -> None:
    context = planning_context(
        settings(outbound={"external_id_field": "custom05", "create_meet_link": True, "meet_link_field": "custom06"})
    )
    theirs_in_it = {"custom05": "DOOR-4711", "custom06": "https://zoom.example/j/1"}
    v = view(
        link(base=base(context=context)),
        booking(fields=theirs_in_it),
        event(meet=MeetState.READY, meet_url="https://meet/abc"),
    )
    step = plan(v, context).step
    assert isinstance(step, Settle)
    assert (step.link.ids.foreign, step.link.reason) == (True, "foreign_id")
    own = replace(v, booking=Snapshot.of(booking(fields={"custom05": KEY.id, "custom06": "https://meet/old"})))
    ours = own.with_link(ids=WrittenIds((digest("custom06\nhttps://meet/old"),)))
    assert plan(ours, context).step == WriteBooking(
        "1001", BookingChange(fields=(("custom06", "https://meet/abc"),)), Why.WRITE_BACK
    )


def test_what_was_refused_is_asked_again_only_as_a_whole_and_once_any_of_it_is_new() -> None:
    refused = Refusals(Refusal(digest(str(NOON)), "x"), Refusal(digest(f"{ROOM_B} {NOON}"), "x"))
    of = link(refusals=refused, notice="x")
    assert not isinstance(plan(view(of, seen=event(NOON, key=MOVED)), ROOMS).step, WriteBooking)
    assert not isinstance(plan(view(of, seen=event(NOON)), ROOMS).step, WriteBooking)  # half of it is put back by now
    later = plan(view(of, seen=event(EVENING, key=MOVED)), ROOMS).step
    assert isinstance(later, WriteBooking)
    assert (later.change.when, later.change.object_id) == (EVENING, "11")
    elsewhere = plan(view(of, seen=event(TEN, key=MOVED)), ROOMS).step
    assert isinstance(elsewhere, WriteBooking)
    assert (elsewhere.change.when, elsewhere.change.object_id) == (None, "11")


def test_an_occurrence_whose_booking_changes_its_room_is_read_first_and_made_anew_there() -> None:
    moved, of = booking(object_id="11"), link(series="root")
    assert plan(view(of, moved, BELIEVED), C).step == Look(event=KEY)
    planned = plan(view(of, moved, event(series="root")), C)
    assert planned.step == DeleteEvent(KEY, '"1"', Why.OTHER_ROOM)
    assert planned.base == replace(base(), calendar=ROOM_B, object_id="11")


SHY = planning_context(settings(mapping=(MappingRow("10", ROOM_A), MappingRow("11", ROOM_B, shows="booked"))))


def test_what_another_calendar_must_not_show_is_hidden_before_the_event_moves_there() -> None:
    moved = booking(object_id="11")
    assert plan(view(its=moved, seen=BELIEVED), SHY).step == Look(event=KEY)
    planned = plan(view(its=moved), SHY)
    assert planned.step == PatchEvent(KEY, '"1"', EventChange(title="Bezet"), Why.BOOKING_CHANGED)
    assert planned.base is not None
    assert (planned.base.calendar, planned.base.digests["title"]) == (ROOM_A, digest("Bezet"))
    hidden = view(link(base=planned.base), moved, event(title="Bezet"))
    assert plan(hidden, SHY).step == MoveEvent(KEY, '"1"', ROOM_B, Why.BOOKING_CHANGED)
    assert isinstance(plan(replace(hidden, event=BELIEVED), SHY).step, MoveEvent)


@pytest.mark.parametrize("more", [{"base": None}, {"origin": Origin.EVENT}], ids=["never agreed", "a person's own"])
def test_an_event_whose_texts_are_not_known_to_be_ours_moves_as_it_is(more: dict[str, Any]) -> None:
    assert isinstance(plan(view(link(**more), booking(object_id="11")), SHY).step, MoveEvent)


def test_the_event_is_read_before_another_customer_is_invited() -> None:
    context = planning_context(settings(outbound={"use_customer_data": True}))
    assert plan(view(its=booking(email="klant@example.org"), seen=BELIEVED), context).step == Look(event=KEY)


def test_the_room_that_a_booking_went_to_as_well_is_no_choice_whoever_wins() -> None:
    rooms = planning_context(
        settings(inbound={"allow_booking_update": True, "allow_object_change": True}, sync={"conflict_winner": "event"})
    )
    v = view(link(event=MOVED), booking(object_id="11"), event(key=MOVED))
    settled = plan(v, rooms).step
    assert isinstance(settled, PatchEvent | Settle)
    elsewhere = plan(replace(v, booking=Snapshot.of(booking(object_id="10"))), rooms).step
    assert isinstance(elsewhere, WriteBooking)
    assert elsewhere.change.object_id == "11"


def test_where_everything_is_shown_an_event_moves_first_and_gets_its_texts_there() -> None:
    moved = booking(object_id="11", object_name="Zaal B")
    assert isinstance(plan(view(its=moved), C).step, MoveEvent)
    assert isinstance(plan(view(its=moved, seen=BELIEVED), C).step, MoveEvent)


def test_each_put_back_has_its_own_date() -> None:
    first = patch(view(seen=event(NOON)))
    again = replace(C, now=NOW + timedelta(days=1))
    second = patch(view(seen=event(NOON, description=first.change.description or "")), again)
    assert "24-11-2026 09:00" in (second.change.description or "")
    assert "23-11-2026" not in (second.change.description or "")


def test_a_pair_without_an_event_has_nothing_to_merge() -> None:
    assert merge(view(link(event=None), seen=BELIEVED), C).step == Rest(Why.UNREADABLE)


def test_the_midnights_around_whole_days_are_the_same_days() -> None:
    first, last = (datetime(2026, 11, day, 23, tzinfo=UTC) for day in (24, 25))
    of = link(base=base(booking(DAY)))
    assert plan(view(of, booking(DAY), event(Timed(first, last))), C).step == Rest(Why.IN_STEP)
    assert plan(view(of, booking(DAY), event(DAY)), C).step == Rest(Why.IN_STEP)


def test_an_occurrence_that_only_moves_in_time_is_not_read_first() -> None:
    assert patch(view(link(series="root"), booking(NOON), BELIEVED)).change == EventChange(when=NOON)


def test_a_new_style_goes_along_unseen_where_the_event_is_ours() -> None:
    context = planning_context(settings(outbound={"location_template": "Hal"}))
    change = patch(view(seen=BELIEVED), context).change
    assert (change.style, change.restyled) == (Style(location="Hal"), ("location",))
    step = plan(view(their_link(), their_booking(), BELIEVED), context).step
    assert not isinstance(step, PatchEvent)


def test_a_reason_on_the_event_is_read_only_before_something_is_written() -> None:
    noticed = link(notice="not_allowed")
    assert plan(view(noticed, seen=BELIEVED), C).step == Rest(Why.IN_STEP)
    assert plan(view(noticed, booking(NOON), BELIEVED), C).step == Look(event=KEY)


def test_a_meet_link_that_was_asked_for_is_not_asked_for_again_with_the_next_change() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    asked = link(base=base(context=context))
    assert patch(view(asked, booking(NOON), BELIEVED), context).change == EventChange(when=NOON)
    adopted = patch(view(link(base=None), booking(NOON), event(meet=MeetState.READY)), context).change
    assert adopted.meet is None


def test_an_id_that_the_booking_lost_is_written_back_unseen() -> None:
    step = plan(view(its=booking(external_id=""), seen=BELIEVED), C).step
    assert step == WriteBooking("1001", BookingChange(external_id=KEY.id), Why.WRITE_BACK)


def test_an_override_that_is_known_is_used_only_where_the_settings_say_so() -> None:
    known = replace(MAY, override_known=True)
    step = plan(view(seen=event(NOON)), known).step
    assert isinstance(step, WriteBooking)
    assert not step.change.ignore_validation


def test_an_event_that_nobody_moved_chooses_no_room_when_the_booking_changed_its_own() -> None:
    rooms = planning_context(
        settings(inbound={"allow_booking_update": True, "allow_object_change": True}, sync={"conflict_winner": "event"})
    )
    assert isinstance(plan(view(its=booking(object_id="11")), rooms).step, MoveEvent)


def test_the_texts_of_our_own_event_go_into_no_remarks() -> None:
    said = digest("Overleg")
    of = link(base=base(digests={"text": said, "remarks": digest("Zaal")}))
    step = plan(view(of, booking(remarks="Zaal"), event(title="Anders")), MAY).step
    assert not isinstance(step, WriteBooking)


def test_without_a_remarks_field_an_event_that_gets_its_first_text_changes_nothing() -> None:
    context = planning_context(settings(inbound={"remarks_field": "none"}))
    silent = replace(their_link(), base=base(digests={"text": "", "remarks": ""}))
    assert plan(view(silent, their_booking(), theirs(etag='"1"')), context).step == Rest(Why.IN_STEP)


def test_a_text_that_is_carried_over_is_agreed_on() -> None:
    planned = plan(view(their_link(), their_booking(), theirs(title="Andere titel")), C)
    said = digest("Andere titel\nMet taart")
    assert planned.base == replace(their_link().base or base(), digests={"text": said, "remarks": said})


def test_a_persons_texts_stay_agreed_on_while_its_event_is_moved() -> None:
    planned = plan(view(their_link(), their_booking(NOON), theirs()), C)
    assert planned.base == replace(their_link().base or base(), when=NOON)


def test_patience_with_a_meet_link_ends_after_ten_minutes() -> None:
    context = planning_context(settings(outbound={"create_meet_link": True, "meet_link_field": "custom02"}))
    of, pending = link(base=base(context=context), meet_asked_at=NOW), event(meet=MeetState.PENDING)
    nearly, over = (replace(context, now=NOW + timedelta(minutes=10) - timedelta(seconds=left)) for left in (1, 0))
    assert plan(view(of, seen=pending), nearly).step == Rest(Why.IN_STEP, nearly.now + (nearly.now - NOW))
    step = plan(view(of, seen=pending), over).step
    assert isinstance(step, Settle)
    assert step.link.lacks("meet")
    assert plan(view(step.link, seen=pending), over).step == Rest(Why.IN_STEP)


def test_a_meet_link_that_nobody_wants_is_not_waited_for() -> None:
    assert plan(view(seen=event(meet=MeetState.PENDING)), C).step == Rest(Why.IN_STEP)


def test_a_notice_is_put_on_an_event_only_for_a_refusal() -> None:
    told = theirs(description=f"{LINE}\n⚠ 20-11-2026 10:00 Nee.")
    assert noted(view(their_link(), their_booking(), told), C) is None


def test_an_event_that_is_moved_to_another_calendar_once_more_gets_todays_reason() -> None:
    moved = view(link(event=MOVED), seen=event(key=MOVED))
    first = patch(moved)
    there = replace(moved, event=Snapshot.of(event(key=MOVED, description=first.change.description or "")))
    assert isinstance(plan(there, C).step, MoveEvent)
    later = replace(C, now=NOW + timedelta(days=1))
    assert "24-11-2026" in (patch(there, later).change.description or "")


def test_a_general_reason_that_is_over_is_taken_off_the_event_too() -> None:
    told = event(description=f"{LINE}\n⚠ 20-11-2026 10:00 i-Reserve weigert deze wijziging.")
    assert patch(view(seen=told)).change == EventChange(description=LINE)


def test_new_settings_are_the_reason_only_where_the_booking_itself_did_not_change() -> None:
    new = replace(planning_context(settings(outbound={"title_template": "{BOOKING_NUMBER}"})), new_settings=True)
    assert patch(view(), new).why is Why.SETTINGS_CHANGED
    assert patch(view(), replace(new, new_settings=False)).why is Why.BOOKING_CHANGED
    for changed in (booking(NOON), booking(status=30)):
        assert patch(view(its=changed), new).why is Why.BOOKING_CHANGED
    assert patch(view(its=booking(NOON), seen=BELIEVED), new).why is Why.BOOKING_CHANGED
    assert patch(view(seen=BELIEVED), new).why is Why.SETTINGS_CHANGED


def test_the_style_of_our_event_is_put_right() -> None:
    context = planning_context(settings(outbound={"location_template": "Hal"}))
    change = patch(view(link(base=base(context=context)), seen=event()), context).change
    assert (change.style, change.restyled) == (Style(location="Hal"), ("location",))
