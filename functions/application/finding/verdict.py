"""The verdict on one booking: the first one that applies to what is known about it, and what can be done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from functions.domain.model.snapshot import Presence
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link
from functions.domain.pairing.writes import Why
from functions.domain.settings.integration import Phase


class Verdict(StrEnum):
    """How a booking and its event relate; each verdict has a sentence in both languages."""

    UNREADABLE = "unreadable"
    NO_BOOKING = "no_booking"
    PARKED = "parked"
    BUSY = "busy"
    GRACE = "grace"
    HELD = "held"
    PAUSED = "paused"
    DETACHED = "detached"
    GONE = "gone"
    CANCELLED_BY_EVENT = "cancelled_by_event"
    CANCELLED = "cancelled"
    NO_CALENDAR = "no_calendar"
    NOT_WANTED = "not_wanted"
    OUTSIDE_WINDOW = "outside_window"
    ACTIVITY = "activity"
    NOT_BACKFILLED = "not_backfilled"
    NOT_ACTIVE = "not_active"
    IN_SHADOW = "in_shadow"
    ALL_PAUSED = "all_paused"
    WOULD = "would"
    FOREIGN_ID = "foreign_id"
    REFUSED = "refused"
    AGREE = "agree"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known. `why` is the planner's reason to stop, `does` what it would write before that.

    `last` is the newest journal entry that matters to people.
    """

    phase: Phase
    booking: Presence
    link: Link
    why: str
    does: tuple[str, ...]
    trouble: bool
    last: Mapping[str, Any] | None
    parked: bool


STATES = (State.GRACE, State.HELD, State.PAUSED, State.DETACHED)  # each a verdict by its own name
RESTING = (Why.NO_CALENDAR, Why.NOT_WANTED, Why.OUTSIDE_WINDOW, Why.ACTIVITY, Why.NOT_BACKFILLED)  # these too
IDLE = {Phase.DRAFT: Verdict.NOT_ACTIVE, Phase.SHADOW: Verdict.IN_SHADOW, Phase.PAUSED: Verdict.ALL_PAUSED}
REMOVALS = (Why.GRACE_OVER, Why.APPROVED)
ACTS: Mapping[Verdict, tuple[str, ...]] = {
    Verdict.GRACE: ("keep", "cancel_now"),
    Verdict.HELD: ("restore", "approve"),
    Verdict.PAUSED: ("resume",),
    Verdict.PARKED: ("retry",),
    Verdict.CANCELLED_BY_EVENT: ("undo",),
    Verdict.REFUSED: ("undo", "sync"),
    Verdict.NO_CALENDAR: ("mapping",),
    Verdict.NOT_ACTIVE: ("activation",),
    Verdict.IN_SHADOW: ("activation",),
    Verdict.FOREIGN_ID: ("sync",),
    Verdict.AGREE: ("undo", "sync"),
    Verdict.WOULD: ("sync",),
    Verdict.UNREADABLE: ("diagnostics", "sync"),
}


def verdict_of(facts: Facts) -> Verdict:
    """Return the verdict: what blocks or waits comes before what only describes."""
    link = facts.link
    if facts.trouble:
        return Verdict.UNREADABLE
    if facts.booking is Presence.ABSENT:
        return Verdict.GONE if link.version else Verdict.NO_BOOKING
    if facts.parked:
        return Verdict.PARKED
    if link.state in STATES:
        return Verdict(link.state)
    if link.closed and not facts.does:
        return Verdict.CANCELLED_BY_EVENT if _by_event(facts) else Verdict.CANCELLED
    if not facts.does and facts.why in (*RESTING, Why.LEASED):
        return Verdict.BUSY if facts.why == Why.LEASED else Verdict(facts.why)
    if facts.phase in IDLE:
        return IDLE[facts.phase]
    if facts.does:
        return Verdict.WOULD
    if link.ids.foreign:
        return Verdict.FOREIGN_ID
    if link.notice or (facts.last is not None and facts.last.get("outcome") == "refused"):
        return Verdict.REFUSED
    if facts.why == Why.BOOKING_CANCELLED:
        return Verdict.CANCELLED
    return Verdict.AGREE


def _by_event(facts: Facts) -> bool:
    return facts.link.closed_by_us or (facts.last is not None and facts.last.get("why") in REMOVALS)


def acts_of(facts: Facts, verdict: Verdict) -> tuple[str, ...]:
    """Return what can be done, the most fitting first; acts that write only if the integration is active."""
    acts = ACTS.get(verdict, ())
    if facts.phase is Phase.ACTIVE:
        return acts
    looks = ("mapping", "activation", "diagnostics")
    return tuple(act for act in acts if act in looks or (act in ("sync", "retry") and facts.phase is Phase.SHADOW))
