"""What the planner sees: the link, both sides as read, and the context."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Look, Planned, Rest
from functions.domain.pairing.writes import Why
from functions.domain.settings.schema import Settings

SECOND_READ = timedelta(seconds=20)  # a booking is gone only if a second read, this much later, agrees


@dataclass(frozen=True, slots=True)
class View:
    """One link with both sides as read.

    `found` is the event that the booking's id field names (or a vanished event, found in another mapped calendar); None
    until it was looked for. `found_is_free` is False if another link claims it. `making_until` is set while another
    instance makes a booking from it, possibly this one. `other_names_it` is whether another booking names the link's event; None
    until it was searched for. `forgotten` is whether an event that no pair has is the first occurrence of what a person made
    of an event that had a pair, which the store does not know; None until that was read.
    """

    link: Link
    booking: Snapshot[Booking]
    event: Snapshot[Event]
    found: Snapshot[Event] | None = None
    found_is_free: bool = True
    making_until: datetime | None = None
    other_names_it: bool | None = None
    forgotten: bool | None = None

    def with_link(self, **changes: object) -> "View":
        """Return the view with fields of its link changed."""
        return replace(self, link=replace(self.link, **changes))  # type: ignore[arg-type]  # names are the link's own


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What a decision depends on besides the two sides. `now` and `activated_at` are aware UTC."""

    settings: Settings
    now: datetime
    digest: Callable[[str], str]
    activated_at: datetime | None = None
    gone_confirmed: bool = False  # a second read found the booking absent again
    override_known: bool = False  # the dialect can override validation errors
    hold_removals: bool = False  # unusually many vanished: removals wait for a person
    names: Mapping[str, str] | None = None  # of objects, by id; None: not read
    released: bool | None = None  # of an occupied event: its pair no longer wants it; None: it is left alone
    new_settings: bool = False  # this look is due to changed settings
    listed: bool = False  # a full list showed the event, whose pair an older store may have forgotten


class Wanted(Enum):
    """What the booking says about its event."""

    EVENT = auto()  # must exist
    KEPT = auto()  # is kept up to date if there is one
    NONE = auto()  # must not exist
    UNKNOWN = auto()  # one read found no booking; a second one must confirm it


def wanted_of(booking: Snapshot[Booking], context: PlanningContext) -> Wanted:
    """Return what a booking's status says about its event."""
    if booking.vanished:
        return Wanted.NONE if context.gone_confirmed else Wanted.UNKNOWN
    if booking.value is None:
        return Wanted.UNKNOWN
    if context.settings.outbound.removes(booking.value.status):
        return Wanted.NONE
    return Wanted.EVENT if booking.value.status in context.settings.outbound.made_on else Wanted.KEPT


def looked_for(v: View, look: Look) -> Planned | Event | None:
    """Return the event that was looked for (None: there is none), or the step that looks or waits for it."""
    if v.found is None:
        return Planned(look)
    if v.found.presence is Presence.UNREADABLE:
        return Planned(Rest(Why.UNREADABLE))
    return v.found.value if v.making_until is None else Planned(Rest(Why.LEASED, v.making_until))
