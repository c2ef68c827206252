"""The life of a pair: every way from one state to another, and what each write that was tried makes of its link.

`after` is the one transition: from a link and a result to a link, and what the journal entry of its write is closed
with. Whether an answer came, or it was found out later that a write had landed, is the same result. `docs/states.md`
is made from this file.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.domain.model.attempts import Attempt, Ended, ended, never_made, tried
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey
from functions.domain.model.life import (
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
    Unlinked,
)
from functions.domain.model.link import Approve, Base, Intent, Link, Order, Origin, Refusal, Refusals, Restore
from functions.domain.model.writes import (
    DeleteEvent,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    Write,
    WriteBooking,
    place_of,
)
from functions.domain.planning.results import Landed, Missed, Overtaken, Overtaking, Rejected, Unknown
from functions.domain.planning.series import family
from functions.domain.planning.step import Planned, Rest, Settle

KEPT_IDS = 8
NO_RIGHT = "no_right"  # the API user may not write this; asked again, as the right may be given


class Outcome(StrEnum):
    """What a journal entry is closed with; `open` until then."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"
    INTERRUPTED = "interrupted"  # it never reached the other side
    SHADOW = "shadow"


class Then(StrEnum):
    """What the executor does once the link is saved."""

    PLAN = "plan"  # go on with what is known
    READ = "read"  # read the event first
    ABSENT = "absent"  # go on: there is no event
    GIVE_UP = "give_up"  # nothing more can be done now: the caller answers for the error


@dataclass(frozen=True, slots=True)
class Turn:
    """A link after a result, what its journal entry is closed with (None: it stays as it is), and what comes then."""

    link: Link
    outcome: Outcome | None = None
    then: Then = Then.PLAN


# what the planner decides without a write


@dataclass(frozen=True, slots=True)
class Agree:
    """Both sides show `base`; the event as it was read, or None where it was not looked at."""

    base: Base
    event: Event | None
    foreign: bool
    meet_asked_at: datetime | None

    def of(self, link: Link) -> Link:
        """Go from any state to active."""
        agreed = replace(link, life=Active(), base=self.base, ids=replace(link.ids, foreign=self.foreign))
        agreed = replace(agreed, order=_still(link.order), meet_asked_at=self.meet_asked_at)
        if self.event is None:
            return agreed
        return replace(agreed.seeing(self.event), refusals=Refusals(), series=family(self.event.series))


@dataclass(frozen=True, slots=True)
class Adopt:
    """An event, or the booking of an event (`booking_id`), that was there already is taken up."""

    event: Event
    booking_id: str = ""

    def of(self, link: Link) -> Link:
        """Go from unlinked to active."""
        adopted = replace(link.seeing(self.event), life=Active(), base=None)
        return replace(adopted, booking_id=self.booking_id, origin=Origin.BOOKING) if self.booking_id else adopted


@dataclass(frozen=True, slots=True)
class Disown:
    """The booking's id field names something that is not ours."""

    def of(self, link: Link) -> Link:
        """Stay in any state."""
        return replace(link, ids=replace(link.ids, foreign=True))


@dataclass(frozen=True, slots=True)
class Claim:
    """The event is where a person moved it; it is claimed there before anything is done to it."""

    event: Event

    def of(self, link: Link) -> Link:
        """Stay in any state."""
        return link.seeing(self.event)


@dataclass(frozen=True, slots=True)
class Follow:
    """The booking of a vanished occurrence goes on with a new one; its time then goes the ordinary way."""

    event: Event

    def of(self, link: Link) -> Link:
        """Go from active, grace to active."""
        return replace(link.seeing(self.event), life=Active(), series=family(self.event.series))


@dataclass(frozen=True, slots=True)
class Close:
    """Both sides ended, without a write; `status` is what the booking shows (None: it is gone)."""

    status: int | None

    def of(self, link: Link) -> Link:
        """Go from any state to closed."""
        base = replace(link.base, status=self.status) if link.base and self.status is not None else link.base
        return replace(link, life=_closed(link.life), base=base, order=_still(link.order))


@dataclass(frozen=True, slots=True)
class Reopen:
    """The event of a closed pair is there again and its booking stands."""

    def of(self, link: Link) -> Link:
        """Go from closed to active."""
        return replace(link, life=Active())


@dataclass(frozen=True, slots=True)
class Wait:
    """A person deleted the event: the booking is cancelled at `until` unless something changes."""

    until: datetime

    def of(self, link: Link) -> Link:
        """Go from active to grace."""
        return replace(link, life=Grace(self.until))


@dataclass(frozen=True, slots=True)
class Hold:
    """A removal waits for a person."""

    cause: str

    def of(self, link: Link) -> Link:
        """Go from active, grace, closed to held."""
        return replace(link, life=Held(self.cause), order=_still(link.order))


@dataclass(frozen=True, slots=True)
class Part:
    """The two are left alone for good."""

    cause: str

    def of(self, link: Link) -> Link:
        """Go from any state to detached."""
        return replace(link, life=Detached(self.cause), order=None)


@dataclass(frozen=True, slots=True)
class Pause:
    """The brake: written too often. Said once more while it does not get quiet."""

    cause: str
    since: datetime
    seen: str

    def of(self, link: Link) -> Link:
        """Go from any state to paused, which remembers it."""
        return replace(link, life=Paused(self.cause, self.since, _awake(link.life), self.seen))


@dataclass(frozen=True, slots=True)
class Resume:
    """A person lets a paused pair go on, or it has been quiet; the attempts are counted anew."""

    def of(self, link: Link) -> Link:
        """Go from paused to the state before."""
        return replace(link, life=_awake(link.life), attempts=())


@dataclass(frozen=True, slots=True)
class Fulfil:
    """What a person ordered is carried out; the event as it is then, or None where it is left alone."""

    event: Event | None = None
    base: Base | None = None

    def of(self, link: Link) -> Link:
        """Go from any state to active (closed stays where its event was not looked at)."""
        done = replace(link, order=None, attempts=(), refusals=Refusals(), notice="")
        if self.event is not None:
            return replace(done.seeing(self.event), life=Active(), base=self.base or link.base)
        life = _awake(link.life)
        paired = bool(link.booking_id) and link.event is not None
        return replace(done, life=life if isinstance(life, Closed) else Active() if paired else Unlinked())


@dataclass(frozen=True, slots=True)
class Drop:
    """What a person ordered cannot be carried out any more."""

    def of(self, link: Link) -> Link:
        """Stay in any state."""
        return replace(link, order=None)


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A booking from before activation is noted as it is, and gets no event until it changes."""

    base: Base

    def of(self, link: Link) -> Link:
        """Go from unlinked to left out."""
        return replace(link, life=LeftOut(), base=self.base)


@dataclass(frozen=True, slots=True)
class LetIn:
    """A booking that was left out counts as new after all."""

    def of(self, link: Link) -> Link:
        """Go from left out to unlinked."""
        return replace(link, life=Unlinked(), base=None)


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ids that were refused for a missing right are to be written once more."""

    def of(self, link: Link) -> Link:
        """Stay in any state."""
        left = tuple(digest for digest in link.ids.ours if digest not in link.ids.not_taken)
        return replace(link, ids=replace(link.ids, ours=left, not_taken=()))


Decision = (
    Agree | Adopt | Disown | Claim | Follow | Close | Reopen | Wait | Hold | Part | Pause | Resume | Fulfil | Drop
) | (LeaveOut | LetIn | AskAgain)


@dataclass(frozen=True, slots=True)
class Decided:
    """The planner decided something that needs no write."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Ordered:
    """A person ordered something; it goes before what the two sides say."""

    order: Order


Result = Landed | Missed | Rejected | Overtaken | Unknown | Decided | Ordered


def decide(link: Link, decision: Decision, why: Why, *, resting: Why | None = None) -> Planned:
    """Return the step that saves a decision; with `resting` a rest for that reason where it changes nothing."""
    decided = after(link, Decided(decision)).link
    return Planned(Rest(resting) if resting is not None and decided == link else Settle(decided, why))


def begun(link: Link, intent: Intent, attempt: Attempt | None) -> Link:
    """Return the link with a write that is about to be tried; `attempt` None: it is no change of its own."""
    attempts = tried(link.attempts, attempt) if attempt is not None else link.attempts
    return replace(link, intent=intent, attempts=attempts)


def after(link: Link, result: Result) -> Turn:
    """Return what a result makes of a link; raises ValueError where the result is of a write and none is under way."""
    match result:
        case Decided(decision):
            return Turn(decision.of(link))
        case Ordered(order):
            return Turn(replace(link, order=order))
    intent = link.intent
    if intent is None:
        raise ValueError("no write of this pair is under way")
    free = replace(link, intent=None)
    counts = not is_bookkeeping(intent.step)
    match result:
        case Unknown(until):
            return Turn(replace(link, intent=replace(intent, expires_at=until)), None, Then.GIVE_UP)
        case Missed():
            return Turn(
                replace(free, attempts=never_made(link.attempts) if counts else link.attempts), Outcome.INTERRUPTED
            )
        case Landed(answer):
            done = replace(free, attempts=ended(link.attempts, Ended.LANDED) if counts else link.attempts)
            return Turn(_landed(done, intent, answer), Outcome.DONE)
    free = replace(free, attempts=ended(link.attempts, Ended.REFUSED) if counts else link.attempts)
    if isinstance(result, Rejected):
        return _rejected(free, intent, result)
    return _overtaken(free, intent.step, result.how)


def is_bookkeeping(step: Write) -> bool:
    """Whether a write only puts ids into their fields: that is part of the change before it."""
    return step.why is Why.WRITE_BACK


# a write that took effect


def _landed(link: Link, intent: Intent, answer: Event | Booking | None) -> Link:
    before = link.base.status if link.base is not None else None
    link = replace(link, base=intent.base or link.base, order=_still(link.order))
    match intent.step:
        case InsertEvent() | ReviveEvent() if isinstance(answer, Event):
            there = replace(link.seeing(answer), life=Active(), series=family(answer.series))
            return replace(there, refusals=Refusals(), notice="")
        case PatchEvent(why=why, notice=notice) if isinstance(answer, Event):
            stands = (notice or link.notice) if why in (Why.PUT_BACK, Why.REFUSED) else ""
            return replace(link.seeing(answer), notice=stands)
        case MoveEvent(key, _, destination):
            moved = link.seeing(answer) if isinstance(answer, Event) else link
            return replace(moved, event=EventKey(destination, key.id))
        case DeleteEvent(why=Why.OTHER_ROOM):
            return _burnt(link)
        case DeleteEvent():
            return replace(link, life=_closed(link.life))
        case MakeBooking() if isinstance(answer, Booking):
            made = replace(link, booking_id=answer.id, origin=Origin.EVENT, life=Active(), notice="")
            return _with_ids(made, intent.ids)
        case WriteBooking(why=why):
            return _booking_written(link, intent, why, before)
    return link


def _booking_written(link: Link, intent: Intent, why: Why, before: int | None) -> Link:
    match why:
        case Why.WRITE_BACK:
            return _with_ids(link, intent.ids)
        case Why.GRACE_OVER | Why.APPROVED:
            return replace(link, life=Closed(Closer.SERVICE, before))
        case Why.EVENT_RESTORED:
            return replace(link, life=_opened(link.life))
        case Why.UNDONE:
            return replace(link, life=_opened(link.life), refusals=Refusals(), notice="")
    return replace(link, refusals=Refusals(), notice="")


# a write that the other side refused


def _rejected(link: Link, intent: Intent, no: Rejected) -> Turn:
    match intent.step:
        case MakeBooking(asked=asked):
            refused = replace(link, life=Refused(asked, no.reason, no.at), notice=no.reason)
            return Turn(refused, Outcome.REFUSED)
        case WriteBooking() as step:
            return _booking_refused(link, intent, step, no.reason)
        case ReviveEvent():
            return Turn(_burnt(link), Outcome.REFUSED, Then.ABSENT)
        case PatchEvent() | MoveEvent() | DeleteEvent() if no.unseen:  # its bin may have been emptied
            return Turn(link, Outcome.REFUSED, Then.READ)
    return Turn(link, Outcome.REFUSED, Then.GIVE_UP)


def _booking_refused(link: Link, intent: Intent, step: WriteBooking, reason: str) -> Turn:
    match step.why:
        case Why.UNDONE:
            return Turn(replace(link, order=None), Outcome.REFUSED, Then.GIVE_UP)
        case Why.APPROVED:
            return Turn(replace(link, life=Held(reason), order=None), Outcome.REFUSED, Then.GIVE_UP)
        case Why.GRACE_OVER:
            return Turn(replace(link, life=Held(reason)), Outcome.REFUSED)
        case Why.WRITE_BACK:
            return Turn(_not_taken(link, intent.ids, again=reason == NO_RIGHT), Outcome.REFUSED)
        case Why.EVENT_TEXT if link.base is not None and intent.base is not None:
            asked = {**link.base.digests, "text": intent.base.digests.get("text", "")}
            return Turn(replace(link, base=replace(link.base, digests=asked)), Outcome.REFUSED)
    if not step.asked.time and not step.asked.room:
        return Turn(link, Outcome.REFUSED, Then.GIVE_UP)
    time = Refusal(step.asked.time, reason) if step.asked.time else link.refusals.time
    room = Refusal(step.asked.room, reason) if step.asked.room else link.refusals.room
    return Turn(replace(link, refusals=Refusals(time, room), notice=reason), Outcome.REFUSED)


def _not_taken(link: Link, ids: tuple[str, ...], *, again: bool) -> Link:
    """Count refused ids as written, lest they are asked each time; maybe until they are asked `again`."""
    link = _with_ids(link, ids)
    return replace(link, ids=replace(link.ids, not_taken=(*link.ids.not_taken, *ids))) if again else link


# a write that came too late


def _overtaken(link: Link, step: Write, how: Overtaking) -> Turn:
    match step, how:
        case ((WriteBooking() | MakeBooking()), _):
            return Turn(link, Outcome.OVERTAKEN, Then.GIVE_UP)
        case ReviveEvent(), Overtaking.GONE:
            return Turn(_burnt(link), Outcome.OVERTAKEN, Then.ABSENT)
        case ((InsertEvent() | ReviveEvent()), Overtaking.TAKEN):
            there = replace(link, event=place_of(step), base=None, life=_opened(_paired(link.life)))
            return Turn(there, Outcome.OVERTAKEN, Then.READ)
    return Turn(link, Outcome.OVERTAKEN, Then.READ)


# parts of the above


def _burnt(link: Link) -> Link:
    """Give up an event id that Google will not bring back: the next generation is made from the booking."""
    made_anew = replace(link, event=None, generation=link.generation + 1, base=None, origin=Origin.BOOKING)
    return replace(made_anew, life=Unlinked())


def _with_ids(link: Link, ids: tuple[str, ...]) -> Link:
    return replace(link, ids=replace(link.ids, ours=tuple(dict.fromkeys((*link.ids.ours, *ids)))[-KEPT_IDS:]))


def _closed(life: Life) -> Closed:
    return life if isinstance(life, Closed) else Closed()


def _opened(life: Life) -> Life:
    return Active() if isinstance(life, Closed) else life


def _paired(life: Life) -> Life:
    return Active() if isinstance(life, Unlinked | LeftOut) else life


def _awake(life: Life) -> Awake:
    return life.former if isinstance(life, Paused) else life


def _still(order: Order | None) -> Order | None:
    """Return what is still ordered once something was done: a yes or no to a removal is over by then."""
    return None if isinstance(order, Approve | Restore) else order
