"""The one transition: what each result makes of a link, and what its journal entry is closed with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.model.errors import Cause
from functions.domain.pairing import decisions
from functions.domain.pairing.attempts import KEPT, Attempt, Ended, tried
from functions.domain.pairing.decisions import Decision
from functions.domain.pairing.life import (
    Active,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Life,
    Refused,
    Side,
    Unlinked,
)
from functions.domain.pairing.lifecycle import KEPT_IDS, after, begun, decide, occupying
from functions.domain.pairing.link import (
    Approve,
    Base,
    Echo,
    Intent,
    Link,
    Occupies,
    Origin,
    Override,
    Refusal,
    Refusals,
    Restore,
    WrittenIds,
    Wrote,
)
from functions.domain.pairing.step import (
    Decided,
    Landed,
    Missed,
    Ordered,
    Overtaken,
    Overtaking,
    Rejected,
    Rest,
    Result,
    Settle,
    Then,
    Turn,
    Unknown,
)
from functions.domain.pairing.writes import (
    Asked,
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    Outcome,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
    bare,
)
from tests.unit.sketch import (
    CONTENT,
    KEY,
    MOVED,
    NOON,
    NOW,
    ROOM_B,
    TEN,
    base,
    booking,
    event,
    link,
    paused,
    their_booking,
    their_link,
    theirs,
)

LATER = base(booking(NOON))
INSERT, REVIVE = InsertEvent(KEY, CONTENT, Why.BOOKING_MADE), ReviveEvent(KEY, CONTENT, Why.MADE_AGAIN)
PATCH = PatchEvent(KEY, '"1"', EventChange(when=TEN), Why.BOOKING_CHANGED)
MOVE = MoveEvent(KEY, '"1"', ROOM_B, Why.BOOKING_CHANGED)
DELETE = DeleteEvent(KEY, '"1"', Why.BOOKING_CANCELLED)
MAKE = MakeBooking(theirs().key, TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE, "asked")
ATTEMPT = Attempt(NOW, "what")
NOTHING = Asked()
TIME, ROOM = Refusal("time", "other"), Refusal("room", "other")
REFUSED = Refusals(TIME, ROOM)


def writing(why: Why = Why.EVENT_MOVED, asked: Asked = NOTHING, **change: Any) -> WriteBooking:
    return WriteBooking("1001", BookingChange(**change), why, asked)


def turn(step: Write, result: Result, of: Link | None = None, after_it: Base | None = None, **more: Any) -> Turn:
    """What a result makes of a link whose write is under way."""
    attempt = None if step.why is Why.WRITE_BACK else ATTEMPT
    return after(begun(of or link(), Intent("stamp", step, NOW, after_it, "entry", **more), attempt), result)


def landed(step: Write, answer: Any, of: Link | None = None, after_it: Base | None = None, **more: Any) -> Link:
    turned = turn(step, Landed(answer), of, after_it, **more)
    assert (turned.outcome, turned.then, turned.link.intent) == (Outcome.DONE, Then.PLAN, None)
    return turned.link


def tidy(of: Link) -> Link:
    """The link without its attempts."""
    return replace(of, attempts=())


# writes that landed


def test_a_made_event_is_known_with_its_etag_and_counted() -> None:
    done = landed(INSERT, event(etag='"5"', series="root_R1"), Link("link", "1001"), LATER)
    assert (done.event, done.event_etag, done.base, done.life, done.series) == (KEY, '"5"', LATER, Active(), "root")
    assert done.attempts == (replace(ATTEMPT, ended=Ended.LANDED),)


@pytest.mark.parametrize("step", [INSERT, REVIVE])
@pytest.mark.parametrize("life", [Closed(Closer.SERVICE, 20), Grace(NOW), Held("event_deleted"), Unlinked()])
def test_an_event_that_is_there_ends_every_trouble(step: Write, life: Life) -> None:
    troubled = link(life=life, refusals=REFUSED, notice="other", order=Restore())
    assert tidy(landed(step, event(), troubled)) == link()


def test_a_foreign_id_is_still_foreign_once_an_event_is_there() -> None:
    assert landed(REVIVE, event(), link(ids=WrittenIds(foreign=True))).reason == "foreign_id"


@pytest.mark.parametrize(
    ("why", "said", "stands"),
    [
        (Why.PUT_BACK, "not_allowed", "not_allowed"),
        (Why.PUT_BACK, "", "before"),
        (Why.REFUSED, "", "before"),
        (Why.REFUSED, "period_taken", "period_taken"),
        (Why.BOOKING_CHANGED, "", ""),
    ],
)
def test_the_reason_on_an_event_is_remembered_while_it_stands(why: Why, said: str, stands: str) -> None:
    done = landed(replace(PATCH, why=why, notice=said), event(etag='"9"'), link(notice="before"))
    assert (done.notice, done.event_etag) == (stands, '"9"')


def test_a_move_keeps_what_stands_on_the_event() -> None:
    done = landed(MOVE, event(key=MOVED, etag='"2"'), link(notice="before"))
    assert (done.event, done.event_etag, done.notice) == (MOVED, '"2"', "before")
    assert landed(MOVE, None).event == MOVED


def test_a_removed_event_closes_the_pair() -> None:
    assert landed(DELETE, None, link(life=Held("booking_gone"), order=Approve())).life == Closed()
    ours = Closed(Closer.SERVICE, 20)
    assert landed(DELETE, None, link(life=ours)).life == ours
    assert landed(DELETE, None).order is None


def test_one_that_we_closed_is_that_no_more_once_somebody_gave_its_booking_another_status() -> None:
    ours = link(life=Closed(Closer.SERVICE, 20), base=base(booking(status=70)))
    for status, life in ((70, ours.life), (80, Closed())):
        agreed = base(booking(status=status))
        assert landed(DELETE, None, ours, agreed).life == life
        settled = decide(ours, decisions.Close(status), Why.BOOKING_CANCELLED).step
        assert isinstance(settled, Settle)
        assert (settled.link.life, settled.link.base) == (life, agreed)


def test_an_occurrence_that_is_made_anew_in_another_room_gives_up_its_id() -> None:
    done = landed(replace(DELETE, why=Why.OTHER_ROOM), None)
    assert (done.event, done.generation, done.base, done.life) == (None, 1, None, Unlinked())


def test_a_former_event_that_was_removed_is_let_go() -> None:
    done = landed(replace(DELETE, why=Why.FORMER), None)
    assert (done.event, done.life, done.booking_id) == (None, Unlinked(), "1001")


def test_a_made_booking_joins_its_event_and_ends_its_refusal() -> None:
    new = Link("theirs", event=theirs().key, life=Refused("x", "period_taken", NOW), notice="period_taken")
    done = landed(MAKE, their_booking(), new, base(), ids=("id",))
    assert (done.booking_id, done.origin, done.life, done.notice) == ("1001", Origin.EVENT, Active(), "")
    assert (done.ids.written, done.base) == (("id",), base())


def test_a_written_id_is_remembered_as_ours_and_not_counted() -> None:
    step = writing(Why.WRITE_BACK, external_id=KEY.id)
    done = landed(step, booking(), link(refusals=REFUSED, notice="x"), ids=("one",))
    assert (done.ids.written, done.attempts, done.refusals, done.notice) == (("one",), (), REFUSED, "x")
    assert landed(step, booking(), done, ids=("one", "two")).ids.written == ("one", "two")
    many = link(ids=WrittenIds(tuple(str(each) for each in range(20))))
    assert landed(step, booking(), many, ids=("new",)).ids.written == (*(str(each) for each in range(13, 20)), "new")
    assert KEPT_IDS == 8


@pytest.mark.parametrize("why", [Why.GRACE_OVER, Why.APPROVED])
def test_a_cancelled_booking_remembers_its_status_and_that_it_was_us(why: Why) -> None:
    waiting = link(life=Grace(NOW), order=Approve())
    done = landed(writing(why, status=70), booking(status=70), waiting, base(booking(status=70)))
    assert (done.life, done.order) == (Closed(Closer.SERVICE, 20), None)
    assert landed(writing(why, status=70), booking(status=70), link(base=None)).life == Closed(Closer.SERVICE, None)


def test_a_write_notes_when_it_would_have_missed_anothers_change_until_the_next_such_write() -> None:
    wrote = Wrote(NOW, NOW + timedelta(seconds=1), "entry")
    done = landed(writing(Why.EVENT_MOVED, when=NOON), booking(NOON), wrote=wrote)
    assert done.wrote == wrote
    assert turn(writing(Why.EVENT_MOVED, when=NOON), Landed(booking(NOON)), done).link.wrote == wrote
    heard = [wrote.missed(NOW + timedelta(seconds=each)) for each in (-1, 0, 0.5, 1, 1.1)]
    assert heard == [False, False, True, True, False]


def test_only_of_written_ids_it_is_noted_when_their_webhook_comes() -> None:
    echo = Echo(NOW, NOW + timedelta(seconds=1), alone=True)
    ids, time = writing(Why.WRITE_BACK, external_id="e"), writing(Why.EVENT_MOVED, when=NOON)
    assert turn(ids, Landed(booking(), echo=echo)).link.echo == echo
    assert turn(time, Landed(booking(NOON), echo=echo)).link.echo is None


def test_a_decision_that_changes_nothing_is_a_rest_only_where_a_reason_to_rest_is_given() -> None:
    assert decide(link(), decisions.Reopen(), Why.EVENT_RESTORED).step == Settle(link(), Why.EVENT_RESTORED)
    assert decide(link(), decisions.Reopen(), Why.EVENT_RESTORED, resting=Why.IN_STEP).step == Rest(Why.IN_STEP)


def test_a_reopened_booking_follows_its_event_again() -> None:
    ours = link(life=Closed(Closer.SERVICE, 20), refusals=REFUSED, notice="x")
    done = landed(writing(Why.EVENT_RESTORED, status=20), booking(), ours)
    assert (done.life, done.refusals, done.notice) == (Active(), Refusals(), "")


@pytest.mark.parametrize("life", [Detached("undone"), Held("event_deleted"), paused()])
@pytest.mark.parametrize("detach", [True, False])
def test_an_order_that_is_half_done_leaves_the_state_and_writes_no_booking_again(
    life: Life,
    detach: bool,  # noqa: FBT001 - a case
) -> None:
    order = Override(NOON, "10", 20, detach)
    ordered = link(life=life, order=order, refusals=REFUSED, notice="x")
    done = landed(writing(Why.UNDONE, status=20), booking(), ordered)
    assert (done.life, done.order, done.refusals, done.notice) == (life, Override(detach=detach), Refusals(), "")
    closed = landed(writing(Why.UNDONE, status=20), booking(), replace(ordered, life=Closed()))
    assert closed.life == Active()


@pytest.mark.parametrize("why", [Why.EVENT_MOVED, Why.EVENT_OBJECT, Why.EVENT_TEXT, Why.CONFLICT])
def test_a_written_booking_ends_an_earlier_refusal(why: Why) -> None:
    done = landed(writing(why, when=NOON), booking(NOON), link(refusals=REFUSED, notice="y"), LATER)
    assert (done.refusals, done.notice, done.base) == (Refusals(), "", LATER)


def test_a_write_of_which_nothing_is_known_only_counts() -> None:
    assert tidy(landed(PATCH, None)) == link()
    assert tidy(landed(INSERT, None)) == link()
    assert tidy(landed(MAKE, None)) == link()


# writes that did not land


def test_a_write_that_never_arrived_leaves_the_link_as_it_was() -> None:
    assert turn(PATCH, Missed()) == Turn(link(), Outcome.INTERRUPTED)
    assert turn(writing(Why.WRITE_BACK), Missed(), link(attempts=(ATTEMPT,))).link.attempts == (ATTEMPT,)


def test_a_write_of_which_nobody_knows_stays_under_way_until_it_is_found_out() -> None:
    turned = turn(PATCH, Unknown(NOW + timedelta(seconds=5)))
    assert turned.link.intent is not None
    assert turned.link.intent.expires_at == NOW + timedelta(seconds=5)
    assert (turned.outcome, turned.then, turned.link.attempts) == (None, Then.GIVE_UP, (ATTEMPT,))


def rejected(
    step: Write, of: Link | None = None, *, cause: Cause = Cause.PERIOD_TAKEN, unseen: bool = False, **more: Any
) -> Turn:
    turned = turn(step, Rejected(cause.value, NOW, unseen=unseen, cause=cause), of, **more)
    assert (turned.outcome, turned.link.intent) == (Outcome.REFUSED, None)
    if step.why is not Why.WRITE_BACK:
        assert turned.link.attempts == (replace(ATTEMPT, ended=Ended.REFUSED),)
    return turned


def test_a_refused_new_event_is_in_a_state_of_its_own() -> None:
    turned = rejected(MAKE, Link("theirs", event=theirs().key))
    assert (turned.link.life, turned.link.notice) == (Refused("asked", "period_taken", NOW), "period_taken")
    assert turned.then is Then.PLAN


def test_time_and_room_are_refused_apart() -> None:
    both = rejected(writing(asked=Asked("t", "r"), when=NOON, object_id="11")).link
    assert both.refusals == Refusals(Refusal("t", "period_taken"), Refusal("r", "period_taken"))
    assert both.notice == "period_taken"
    time = rejected(writing(asked=Asked(time="t"), when=NOON), link(refusals=Refusals(room=ROOM)))
    assert (time.link.refusals, time.then) == (Refusals(Refusal("t", "period_taken"), ROOM), Then.PLAN)
    room = rejected(writing(asked=Asked(room="r"), object_id="11"), link(refusals=Refusals(time=TIME))).link
    assert room.refusals == Refusals(TIME, Refusal("r", "period_taken"))


def test_a_cancellation_that_is_refused_waits_for_a_person() -> None:
    over = rejected(writing(Why.GRACE_OVER, status=70), link(life=Grace(NOW)))
    assert (over.link.life, over.then) == (Held("period_taken"), Then.PLAN)
    approved = rejected(writing(Why.APPROVED, status=70), link(life=Held("event_deleted"), order=Approve()))
    assert (approved.link.life, approved.link.order, approved.then) == (Held("period_taken"), None, Then.GIVE_UP)


def test_an_order_that_is_refused_is_over_and_leaves_everything_as_it_was() -> None:
    turned = rejected(writing(Why.UNDONE, status=20), link(life=Closed(), order=Override(status=20)))
    assert (tidy(turned.link), turned.then) == (link(life=Closed()), Then.GIVE_UP)


@pytest.mark.parametrize(("cause", "again"), [(Cause.NO_RIGHT, ("new",)), (Cause.OTHER, ())])
def test_an_id_that_is_not_taken_counts_as_written_maybe_until_it_is_asked_again(
    cause: Cause, again: tuple[str, ...]
) -> None:
    before = link(ids=WrittenIds(("earlier",)))
    turned = rejected(writing(Why.WRITE_BACK, external_id="e"), before, cause=cause, ids=("new",))
    assert turned.link.ids == WrittenIds(("earlier", "new"), again)
    asking = after(turned.link, Decided(decisions.AskAgain())).link
    assert asking.ids == WrittenIds(("earlier",) if again else ("earlier", "new"))


def test_a_text_that_is_refused_is_not_carried_over_again() -> None:
    of = link(base=base(digests={"text": "old", "remarks": "r"}))
    turned = rejected(writing(Why.EVENT_TEXT), of, after_it=base(digests={"text": "new", "remarks": "n"}))
    assert turned.link.base == base(digests={"text": "new", "remarks": "r"})
    assert rejected(writing(Why.EVENT_TEXT), link(base=None), after_it=base()).then is Then.GIVE_UP
    assert rejected(writing(Why.EVENT_TEXT), link(), after_it=None).then is Then.GIVE_UP


def test_a_reopening_that_is_refused_leaves_the_pair_closed_and_its_reason_to_be_said() -> None:
    step = writing(Why.EVENT_RESTORED, Asked(time="restored"), status=20)
    turned = rejected(step, link(life=Closed(Closer.SERVICE, 20)))
    assert (turned.link.life, turned.then) == (Closed(Closer.SERVICE, 20), Then.PLAN)
    assert (turned.link.refusals.time, turned.link.notice) == (Refusal("restored", "period_taken"), "period_taken")


def test_an_event_that_cannot_be_brought_back_is_made_anew_under_the_next_id() -> None:
    of = link(life=Closed(), origin=Origin.EVENT)
    for turned in (rejected(REVIVE, of), turn(REVIVE, Overtaken(Overtaking.GONE), of)):
        assert (turned.link.event, turned.link.generation, turned.link.base) == (None, 1, None)
        assert (turned.link.life, turned.link.origin, turned.then) == (Unlinked(), Origin.BOOKING, Then.ABSENT)


@pytest.mark.parametrize("step", [PATCH, MOVE, DELETE])
def test_an_event_that_was_written_unseen_is_read_once_that_is_refused(step: Write) -> None:
    assert rejected(step, unseen=True).then is Then.READ
    assert rejected(step).then is Then.GIVE_UP
    assert rejected(INSERT, unseen=True).then is Then.GIVE_UP


@pytest.mark.parametrize("how", Overtaking)
@pytest.mark.parametrize("step", [PATCH, MOVE, DELETE, INSERT, REVIVE, MAKE, writing(when=NOON)])
def test_a_write_that_came_too_late_is_planned_again_on_what_is_there(step: Write, how: Overtaking) -> None:
    turned = turn(step, Overtaken(how))
    assert (turned.outcome, turned.link.intent) == (Outcome.OVERTAKEN, None)
    assert turned.link.attempts == (replace(ATTEMPT, ended=Ended.REFUSED),)
    if (step is REVIVE and how is Overtaking.GONE) or (step is INSERT and how is Overtaking.OF_ANOTHER):
        assert turned.then is Then.ABSENT
    else:
        assert turned.then is (Then.GIVE_UP if isinstance(step, MakeBooking | WriteBooking) else Then.READ)
    taken = step in (INSERT, REVIVE) and how is Overtaking.TAKEN
    assert (turned.link.base is None) is (taken or turned.then is Then.ABSENT)


@pytest.mark.parametrize("life", [Unlinked(), LeftOut(), Closed()])
def test_an_event_that_is_there_already_belongs_to_the_pair(life: Life) -> None:
    there = turn(INSERT, Overtaken(Overtaking.TAKEN), Link("link", "1001", life=life)).link
    assert (there.event, there.life, there.base) == (KEY, Active(), None)


def test_an_event_that_another_pair_has_is_made_anew_under_the_next_id() -> None:
    turned = turn(INSERT, Overtaken(Overtaking.OF_ANOTHER), Link("link", "1001"))
    assert (turned.link.event, turned.link.generation, turned.then) == (None, 1, Then.ABSENT)


def test_a_result_of_a_write_needs_one_that_is_under_way() -> None:
    with pytest.raises(ValueError, match="under way"):
        after(link(), Missed())


# decisions and orders


def decided(decision: Decision, of: Link | None = None) -> Link:
    turned = after(of or link(), Decided(decision))
    assert (turned.outcome, turned.then) == (None, Then.PLAN)
    return turned.link


def test_what_both_sides_agree_on_ends_refusals_and_a_yes_or_no_once_the_event_was_seen() -> None:
    troubled = link(life=Grace(NOW), refusals=REFUSED, order=Approve(), ids=WrittenIds(foreign=True), notice="kept")
    agree = decisions.Agree(LATER, event(etag='"3"', series="root_R1"), foreign=False, meet_asked_at=NOW)
    done = decided(agree, troubled)
    expected = link(base=LATER, event_etag='"3"', series="root", meet_asked_at=NOW, notice="kept")
    assert done == expected
    unseen = decided(replace(agree, event=None, foreign=True, meet_asked_at=None), troubled)
    assert (unseen.refusals, unseen.ids.foreign, unseen.life, unseen.series) == (REFUSED, True, Active(), "")
    assert decided(agree, link(order=Override())).order == Override()


def test_what_was_there_already_is_adopted_without_a_base() -> None:
    adopted = decided(decisions.Adopt(event(etag='"7"')), Link("link", "1001", base=LATER))
    assert (adopted.event, adopted.event_etag, adopted.base, adopted.life) == (KEY, '"7"', None, Active())
    assert adopted.origin is Origin.BOOKING
    their = decided(decisions.Adopt(theirs(), "1001"), Link("theirs", event=theirs().key, origin=Origin.EVENT))
    assert (their.booking_id, their.origin, their.life) == ("1001", Origin.BOOKING, Active())
    known = Link("theirs", event=theirs().key, origin=Origin.EVENT, version=1)
    assert decided(decisions.Adopt(theirs(), "1001"), known).origin is Origin.EVENT


TAKEN = {"unsettled": True}  # it may say more than its time, and a crash may come before that is carried
OF_ITS_EVENT: dict[str, Any] = {
    "series": "r", "refusals": REFUSED, "notice": "n", "kept": {"guest": ("asked", "shown")}, "meet_asked_at": NOW
}  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "before", "then"),
    [
        (decisions.Disown(), {}, {"ids": WrittenIds(foreign=True)}),
        (decisions.Claim(event(key=MOVED)), {"life": Grace(NOW)}, {"life": Grace(NOW), "event": MOVED, **TAKEN}),
        (
            decisions.Follow(event(key=MOVED, series="r_R1")),
            {"life": Grace(NOW)},
            {"event": MOVED, "series": "r", **TAKEN},
        ),
        (decisions.Follow(event(key=MOVED)), {"life": Held("x"), "order": Approve()}, {"event": MOVED, **TAKEN}),
        (
            decisions.Follow(event(key=MOVED)),
            {"life": Held("x", Side.EVENT)},
            {"life": Held("x", Side.EVENT), "event": MOVED, **TAKEN},
        ),
        (decisions.LetGo(), {**OF_ITS_EVENT, "order": Approve()}, {"life": Unlinked(), "event": None, "base": None}),
        (decisions.Close(70), {"order": Approve()}, {"life": Closed(), "base": base(booking(status=70))}),
        (decisions.Close(None), {"life": Closed(Closer.SERVICE, 20)}, {"life": Closed(Closer.SERVICE, 20)}),
        (decisions.Reopen(), {"life": Closed(Closer.SERVICE, 20)}, {}),
        (decisions.Wait(NOW), {}, {"life": Grace(NOW)}),
        (decisions.Hold("booking_gone"), {"order": Approve()}, {"life": Held("booking_gone")}),
        (decisions.Part("undone"), {"order": Override(detach=True)}, {"life": Detached("undone")}),
        (decisions.Pause("x", NOW, "s"), {"life": Grace(NOW)}, {"life": paused(Grace(NOW), cause="x", seen="s")}),
        (decisions.Pause("x", NOW, "s"), {"life": paused(Closed())}, {"life": paused(Closed(), cause="x", seen="s")}),
        (decisions.Resume(), {"life": paused(Closed()), "attempts": (ATTEMPT,)}, {"life": Closed()}),
        (decisions.Fulfil(), {"life": Held("x"), "order": Override(), "refusals": REFUSED, "notice": "n"}, {}),
        (decisions.Fulfil(), {"life": Closed(), "order": Override()}, {"life": Closed()}),
        (decisions.Fulfil(), {"life": paused(Closed()), "attempts": (ATTEMPT,)}, {"life": Closed()}),
        (decisions.Fulfil(), {"life": Detached("x"), "event": None}, {"life": Unlinked(), "event": None}),
        (decisions.Fulfil(event(), LATER), {"life": Closed(), "order": Override()}, {"base": LATER}),
        (decisions.Fulfil(event()), {"life": Closed()}, {}),
        (decisions.Drop(), {"life": Held("x"), "order": Override()}, {"life": Held("x")}),
        (decisions.LeaveOut(LATER), {"life": Unlinked(), "base": None}, {"life": LeftOut(), "base": LATER}),
        (
            decisions.TurnDown("what", "which_object", NOW),
            {"life": Unlinked()},
            {"life": Refused("what", "which_object", NOW), "notice": "which_object"},
        ),
        (decisions.LetIn(), {"life": LeftOut()}, {"life": Unlinked(), "base": None}),
        (
            decisions.GiveUp(),
            {"life": Grace(NOW), "origin": Origin.INVITATION, "series": "r", "order": Restore()},
            {"life": Unlinked(), "event": None, "base": None, "generation": 1},
        ),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, dict) else "",
)
def test_a_decision_changes_just_what_it_is_about(
    decision: Decision, before: dict[str, Any], then: dict[str, Any]
) -> None:
    found = decided(decision, link(**before))
    expected = link(**then)
    assert replace(found, event_etag="", event_updated=None) == replace(expected, event_etag="", event_updated=None)


def test_an_order_goes_before_the_state_and_leaves_it() -> None:
    waiting = link(life=Held("event_deleted"))
    for order in (Approve(), Restore(), Override(status=20)):
        assert after(waiting, Ordered(order)) == Turn(replace(waiting, order=order))


# the answer to an invitation


DECLINE = PatchEvent(KEY, '"1"', EventChange(answer="declined", comment="Bezet"), Why.BOOKING_CHANGED, "booking_moved")


@pytest.mark.parametrize(
    ("why", "then"),
    [
        (
            Why.BOOKING_CHANGED,
            {"origin": Origin.BOOKING, "life": Unlinked(), "event": None, "base": None, "series": ""},
        ),
        (Why.BOOKING_CANCELLED, {"origin": Origin.INVITATION, "life": Closed(), "event": KEY}),
        (Why.REFUSED, {"origin": Origin.INVITATION, "life": Active(), "event": KEY, "notice": "booking_moved"}),
    ],
)
def test_a_room_that_declined_gives_up_the_event_ends_the_pair_or_waits(why: Why, then: dict[str, Any]) -> None:
    invited = link(origin=Origin.INVITATION, series="r")
    trying = begun(invited, Intent("s", replace(DECLINE, why=why), NOW, base()), ATTEMPT)
    found = after(trying, Landed(event(answer="declined", etag='"2"'))).link
    assert {name: getattr(found, name) for name in then} == then


def test_the_booking_of_an_invitation_stays_one_of_an_invitation() -> None:
    invited = Link("theirs", event=theirs().key, origin=Origin.INVITATION)
    assert decided(decisions.Adopt(theirs(), "1001"), invited).origin is Origin.INVITATION
    make = MakeBooking(theirs().key, TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE, external_id="room1")
    made = after(begun(invited, Intent("s", make, NOW, base()), ATTEMPT), Landed(booking())).link
    assert (made.booking_id, made.origin) == ("1001", Origin.INVITATION)


# what is kept


def test_attempts_of_long_ago_are_dropped_and_not_too_many_kept() -> None:
    hour = timedelta(hours=1)
    old, late = Attempt(NOW - hour, "old"), Attempt(NOW - hour + timedelta(seconds=1), "late")
    assert tried((old, late), ATTEMPT) == (late, ATTEMPT)
    assert len(tried((late,) * 99, ATTEMPT)) == KEPT


def test_no_text_name_or_address_rests_in_an_intent() -> None:
    secret = "Jan Jansen"
    content = replace(CONTENT, title=secret, description=secret, guest=secret)
    change = EventChange(when=NOON, title=secret, description=secret, guest_in=secret, guest_out=secret)
    fields = (("remarks", secret),)
    steps: tuple[Write, ...] = (
        replace(INSERT, content=content),
        replace(REVIVE, content=content),
        replace(PATCH, change=change),
        writing(fields=fields, when=NOON),
        replace(MAKE, fields=fields),
    )
    for step in steps:
        assert secret not in str(bare(step))
        assert type(bare(step)) is type(step)
    kept = bare(steps[2])
    assert kept == replace(PATCH, change=EventChange(NOON, "", "", "", ""))
    assert bare(steps[3]) == writing(fields=(("remarks", ""),), when=NOON)
    for step in (MOVE, DELETE, replace(REVIVE, content=None), PATCH):
        assert bare(step) == step


def test_a_pair_knows_its_occupied_events_before_any_of_them_is_made() -> None:
    places = (Occupies("1001", "front@group.calendar.google.com"),)
    assert occupying(link(), places) == replace(link(), occupied=places)


@pytest.mark.parametrize(("why", "notice"), [(Why.MADE_AGAIN, "occupied"), (Why.OCCUPIED, "")])
def test_an_occupied_event_that_is_back_says_why_where_a_person_had_deleted_it(why: Why, notice: str) -> None:
    place = Occupies("1001", "front@group.calendar.google.com")
    writing = link(occupies=place, intent=Intent("s", ReviveEvent(KEY, None, why), NOW))
    assert after(writing, Landed(event())).link.notice == notice
    assert after(replace(writing, occupies=None), Landed(event())).link.notice == ""


def test_an_event_made_in_place_of_a_persons_own_is_the_bookings() -> None:
    let_go = replace(their_link(), event=None, life=Unlinked(), base=None)
    assert landed(INSERT, event(), let_go).origin is Origin.BOOKING
    assert landed(REVIVE, theirs(), their_link()).origin is Origin.EVENT
    assert landed(INSERT, event(), replace(let_go, origin=Origin.INVITATION)).origin is Origin.INVITATION
