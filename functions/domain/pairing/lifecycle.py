"""The life of a pair: every transition between states, and what the result of a write makes of its link.

`after` is the only transition function: it takes a link and a result, and returns the new link and the outcome for the
journal entry. A write that landed is the same result whether its answer arrived or recovery found out later. States are
in `life.py`, decisions in `decisions.py`, results in `step.py`. `python -m docs.states` runs this file to draw
`docs/states.md`.
"""

from collections.abc import Mapping
from dataclasses import replace

from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause
from functions.domain.model.event import Event, EventKey
from functions.domain.pairing.attempts import Attempt, Ended, ended, never_made, tried
from functions.domain.pairing.decisions import (
    Adopt,
    Agree,
    AskAgain,
    Claim,
    Close,
    Decision,
    Disown,
    Drop,
    Follow,
    Fulfil,
    GiveUp,
    GoesOn,
    Hold,
    LeaveOut,
    LetGo,
    LetIn,
    Part,
    Pause,
    Reopen,
    Resume,
    Stays,
    TurnDown,
    Wait,
    Waits,
)
from functions.domain.pairing.life import (
    Active,
    Awake,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Life,
    Paused,
    Refused,
    Side,
    Unlinked,
)
from functions.domain.pairing.link import (
    Approve,
    Base,
    Intent,
    Kept,
    Link,
    Occupies,
    Order,
    Origin,
    Override,
    Refusal,
    Refusals,
    Restore,
)
from functions.domain.pairing.step import (
    Decided,
    Landed,
    Missed,
    Ordered,
    Overtaking,
    Planned,
    Rejected,
    Rest,
    Result,
    Settle,
    Then,
    Turn,
    Unknown,
)
from functions.domain.pairing.writes import (
    DeleteEvent,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    Outcome,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
    is_bookkeeping,
    place_of,
)

KEPT_IDS = 8


def begun(link: Link, intent: Intent, attempt: Attempt | None) -> Link:
    """Return the link with a write about to be tried; `attempt` is None for bookkeeping.

    An order comes to the event once the booking shows what it says; a later change of the booking is not taken back.
    """
    attempts = tried(link.attempts, attempt) if attempt is not None else link.attempts
    order = _done_for_booking(link.order) if intent.target is Side.EVENT else link.order
    return replace(link, intent=intent, attempts=attempts, order=order)


def occupying(link: Link, places: tuple[Occupies, ...]) -> Link:
    """Return a pair with its occupied events recorded, before any of them is made."""
    return replace(link, occupied=places)


def after(link: Link, result: Result) -> Turn:
    """Return what a result makes of a link; raises ValueError for the result of a write if none is under way."""
    match result:
        case Decided(decision):
            return Turn(_decided(link, decision))
        case Ordered(order):
            return Turn(replace(link, order=order))
    intent = link.intent
    if intent is None:
        raise ValueError("no write of this pair is under way")
    match result:
        case Unknown(until):
            return Turn(replace(link, intent=replace(intent, expires_at=until)), None, Then.GIVE_UP)
        case Missed():
            return Turn(_tried(link, intent, None), Outcome.INTERRUPTED)
        case Landed(answer, kept, echo):
            landed = _landed(_tried(link, intent, Ended.LANDED), intent, answer)
            landed = replace(landed, wrote=intent.wrote or landed.wrote)
            heard = replace(landed, echo=echo) if intent.step.why is Why.WRITE_BACK else landed
            return Turn(_as_kept(heard, kept), Outcome.DONE)
        case Rejected():
            return _rejected(_tried(link, intent, Ended.REFUSED), intent, result)
    return _overtaken(_tried(link, intent, Ended.REFUSED), intent.step, result.how)


def decide(link: Link, decision: Decision, why: Why, *, resting: Why | None = None) -> Planned:
    """Return the step that saves a decision, or with `resting` a rest for that reason if the decision changes nothing."""
    decided = _decided(link, decision)
    return Planned(Rest(resting) if resting is not None and decided == link else Settle(decided, why))


def _tried(link: Link, intent: Intent, how: Ended | None) -> Link:
    """Return the link without its intent, recording how the attempt ended; None: it was never made."""
    free = replace(link, intent=None)
    if is_bookkeeping(intent.step):
        return free
    return replace(free, attempts=never_made(link.attempts) if how is None else ended(link.attempts, how))


# decisions, which need no write


def _decided(link: Link, decision: Decision) -> Link:
    match decision:
        case Agree() | Adopt() | Follow() | Reopen() | Resume() | Fulfil() | LetIn() | GiveUp() | LetGo():
            return _goes_on(link, decision)
        case Close() | Wait() | Hold() | Part() | Pause() | LeaveOut() | TurnDown():
            return _waits(link, decision)
    return _stays(link, decision)


def _goes_on(link: Link, decision: GoesOn) -> Link:
    match decision:
        case Agree(base, event, foreign, meet_asked_at, kept):
            agreed = replace(link, life=Active(), base=base, ids=replace(link.ids, foreign=foreign))
            agreed = replace(agreed, order=_still(link.order), meet_asked_at=meet_asked_at)
            if event is None:
                return agreed
            seen = agreed.keeping(kept).seeing(event)
            return replace(seen, refusals=Refusals())
        case Adopt(event, booking_id):
            adopted = replace(link.seeing(event), life=Active(), base=None)
            known = link.version > 0  # as an event of no booking
            origin = link.origin if known or link.origin is Origin.INVITATION else Origin.BOOKING
            return replace(adopted, booking_id=booking_id, origin=origin) if booking_id else adopted
        case Follow(event):
            seen = link.taking(event)
            return replace(seen, life=Active(), order=_still(link.order)) if link.awaits_cancellation else seen
        case Reopen():
            return replace(link, life=Active())
        case Resume():
            return replace(link, life=_awake(link.life), attempts=())
        case Fulfil(event, base):
            return _fulfilled(link, event, base)
        case LetIn():
            return replace(link, life=Unlinked(), base=None)
        case GiveUp():
            return replace(_with_next_id(link), order=_still(link.order), series="")
        case LetGo():
            return replace(link.without_event(), order=_still(link.order))


def _fulfilled(link: Link, event: Event | None, base: Base | None) -> Link:
    done = replace(link, order=None, attempts=(), refusals=Refusals(), notice="")
    if event is not None:
        return replace(done.seeing(event), life=Active(), base=base or link.base)
    life = _awake(link.life)
    there = Active() if link.event is not None else Unlinked()
    return replace(done, life=life if isinstance(life, Closed) else there)


def _waits(link: Link, decision: Waits) -> Link:
    match decision:
        case Close(status):
            base = replace(link.base, status=status) if link.base and status is not None else link.base
            return replace(link, life=_closed(link, base), base=base, order=_still(link.order))
        case Wait(until):
            return replace(link, life=Grace(until), order=_still(link.order))
        case Hold(cause, removes):
            return replace(link, life=Held(cause, removes), order=_still(link.order))
        case Part(cause):
            return replace(link, life=Detached(cause), order=None)
        case Pause(cause, since, seen):
            return replace(link, life=Paused(cause, since, _awake(link.life), seen))
        case LeaveOut(base):
            return replace(link, life=LeftOut(), base=base)
        case TurnDown(what, why, at):
            return replace(link, life=Refused(what, why, at), notice=why)


def _stays(link: Link, decision: Stays) -> Link:
    match decision:
        case Disown():
            return replace(link, ids=replace(link.ids, foreign=True))
        case Claim(event):
            return link.taking(event)
        case Drop():
            return replace(link, order=None)
        case AskAgain():
            left = tuple(digest for digest in link.ids.written if digest not in link.ids.refused)
            return replace(link, ids=replace(link.ids, written=left, refused=()))


# writes that landed


def _landed(link: Link, intent: Intent, answer: Event | Booking | None) -> Link:
    before, closed = link.base.status if link.base is not None else None, _closed(link, intent.base or link.base)
    link = replace(link, base=intent.base or link.base, order=_still(link.order))
    match intent.step:
        case InsertEvent() | ReviveEvent() if isinstance(answer, Event):
            there = replace(link.seeing(answer), life=Active())
            again = link.occupies is not None and intent.step.why is Why.MADE_AGAIN  # the event says why it is back
            if isinstance(intent.step, InsertEvent) and link.origin is Origin.EVENT:
                there = replace(there, origin=Origin.BOOKING)  # the person's own event is gone
            return replace(there, refusals=Refusals(), notice="occupied" if again else "")
        case PatchEvent(change=change, why=why) if change.answer == "declined" and why is not Why.REFUSED:
            gone_on = why is Why.BOOKING_CHANGED
            return replace(_with_next_id(link), series="") if gone_on else replace(link, life=closed)
        case PatchEvent(why=why, notice=notice) if isinstance(answer, Event):
            stands = notice or (link.notice if why in (Why.PUT_BACK, Why.REFUSED) else "")
            return replace(link.seeing(answer), notice=stands)
        case MoveEvent(key, _, destination):
            if isinstance(answer, Event):
                return link.taking(answer)
            return replace(link, event=EventKey(destination, key.id))
        case DeleteEvent(why=Why.OTHER_ROOM):
            return _with_next_id(link)
        case DeleteEvent(why=Why.FORMER):
            return link.without_event()  # under its id a person may bring the booking's present event to this calendar
        case DeleteEvent():
            return replace(link, life=closed)
        case MakeBooking() if isinstance(answer, Booking):
            origin = link.origin if link.origin is Origin.INVITATION else Origin.EVENT
            made = replace(link, booking_id=answer.id, origin=origin, life=Active(), notice="")
            return _with_ids(made, intent.ids)
        case WriteBooking(why=why):
            return _booking_written(link, intent, why, before)
    return link


def _as_kept(link: Link, kept: Mapping[str, Kept]) -> Link:
    """Record what the other side made of the write; for text that a person owns, that is the base."""
    if not kept:
        return link
    theirs = {name: pair for name, pair in kept.items() if name in ("text", "remarks")}
    link = link.keeping({name: pair for name, pair in kept.items() if name not in theirs})
    if link.base is None:
        return link
    agreed = {name: shown for name, (asked, shown) in theirs.items() if link.base.digests.get(name) == asked}
    return replace(link, base=replace(link.base, digests={**link.base.digests, **agreed}))


def _booking_written(link: Link, intent: Intent, why: Why, before: int | None) -> Link:
    match why:
        case Why.WRITE_BACK:
            return _with_ids(link, intent.ids)
        case Why.GRACE_OVER | Why.APPROVED:
            return replace(link, life=Closed(Closer.SERVICE, before))
        case Why.EVENT_RESTORED | Why.UNDONE:
            opened = replace(link, life=_opened(link.life), refusals=Refusals(), notice="")
            return replace(opened, order=_done_for_booking(link.order))
    return replace(link, refusals=Refusals(), notice="")


# writes that the other side refused


def _rejected(link: Link, intent: Intent, no: Rejected) -> Turn:
    match intent.step:
        case MakeBooking(asked=asked):
            refused = replace(link, life=Refused(asked, no.reason, no.at), notice=no.reason)
            return Turn(refused, Outcome.REFUSED)
        case WriteBooking() as step:
            return _booking_refused(link, intent, step, no)
        case ReviveEvent():
            return Turn(_with_next_id(link), Outcome.REFUSED, Then.ABSENT)
        case PatchEvent() | MoveEvent() | DeleteEvent() if no.unseen:  # the event may be gone: its bin was emptied
            return Turn(link, Outcome.REFUSED, Then.READ)
    return Turn(link, Outcome.REFUSED, Then.GIVE_UP)


def _booking_refused(link: Link, intent: Intent, step: WriteBooking, no: Rejected) -> Turn:
    match step.why:
        case Why.UNDONE:
            return Turn(replace(link, order=None), Outcome.REFUSED, Then.GIVE_UP)
        case Why.APPROVED:
            return Turn(replace(link, life=Held(no.reason), order=None), Outcome.REFUSED, Then.GIVE_UP)
        case Why.GRACE_OVER:
            return Turn(replace(link, life=Held(no.reason)), Outcome.REFUSED)
        case Why.WRITE_BACK:
            return Turn(_not_taken(link, intent.ids, again=no.cause is Cause.NO_RIGHT), Outcome.REFUSED)
        case Why.EVENT_TEXT if link.base is not None and intent.base is not None:
            asked = {**link.base.digests, "text": intent.base.digests.get("text", "")}
            return Turn(replace(link, base=replace(link.base, digests=asked)), Outcome.REFUSED)
    if not step.asked.time and not step.asked.room:
        return Turn(link, Outcome.REFUSED, Then.GIVE_UP)
    time = Refusal(step.asked.time, no.reason) if step.asked.time else link.refusals.time
    room = Refusal(step.asked.room, no.reason) if step.asked.room else link.refusals.room
    return Turn(replace(link, refusals=Refusals(time, room), notice=no.reason), Outcome.REFUSED)


def _not_taken(link: Link, ids: tuple[str, ...], *, again: bool) -> Link:
    """Count refused ids as written, so they are not tried each time; with `again`, only until `AskAgain`."""
    link = _with_ids(link, ids)
    return replace(link, ids=replace(link.ids, refused=(*link.ids.refused, *ids))) if again else link


# writes that came too late


def _overtaken(link: Link, step: Write, how: Overtaking) -> Turn:
    match step, how:
        case ((WriteBooking() | MakeBooking()), _):
            return Turn(link, Outcome.OVERTAKEN, Then.GIVE_UP)
        case (ReviveEvent(), Overtaking.GONE) | (InsertEvent(), Overtaking.OF_ANOTHER):
            return Turn(_with_next_id(link), Outcome.OVERTAKEN, Then.ABSENT)
        case ((InsertEvent() | ReviveEvent()), Overtaking.TAKEN):
            life = Active() if isinstance(link.life, Unlinked | LeftOut) else link.life
            there = replace(link, event=place_of(step), base=None, life=_opened(life))
            return Turn(there, Outcome.OVERTAKEN, Then.READ)
    return Turn(link, Outcome.OVERTAKEN, Then.READ)


# shared by the above


def _with_next_id(link: Link) -> Link:
    """Give up an event id that Google will not bring back; the booking gets an event of the next generation."""
    made_anew = replace(link, event=None, generation=link.generation + 1, base=None, origin=Origin.BOOKING)
    return replace(made_anew, life=Unlinked())


def _with_ids(link: Link, ids: tuple[str, ...]) -> Link:
    before = tuple(each for each in link.ids.written if each not in ids)
    return replace(link, ids=replace(link.ids, written=(*before, *dict.fromkeys(ids))[-KEPT_IDS:]))


def _closed(link: Link, base: Base | None) -> Closed:
    """Close a pair; one that this service closed is that no more once somebody gave its booking another status."""
    same = link.base is None or base is None or base.status == link.base.status
    return link.life if isinstance(link.life, Closed) and same else Closed()


def _opened(life: Life) -> Life:
    return Active() if isinstance(life, Closed) else life


def _awake(life: Life) -> Awake:
    return life.former if isinstance(life, Paused) else life


def _done_for_booking(order: Order | None) -> Order | None:
    """Return what is still ordered once the booking shows what an order says of it."""
    return Override(detach=order.detach) if isinstance(order, Override) else order


def _still(order: Order | None) -> Order | None:
    """Return what is still ordered after a step; approving or restoring a removal is then over."""
    return None if isinstance(order, Approve | Restore) else order
