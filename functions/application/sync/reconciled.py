"""The result of a reconcile: why the pair rests, and when to look again."""

from dataclasses import dataclass, replace
from datetime import timedelta

from functions.application.intake import hints
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Ports
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Snapshot
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Rest
from functions.domain.pairing.writes import Why, Write
from functions.domain.planning.view import View

JUST_AFTER = timedelta(seconds=1)  # past the moment that a rest names


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Why a pair rests, and the kinds of the steps before that (`look`, `settle` and `conclude` write to neither side).

    `before` is the view at the first write, for a plan that shows old and new.
    """

    rest: Rest
    link: Link
    steps: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    event: Snapshot[Event] | None = None
    before: View | None = None

    @property
    def looked(self) -> bool:
        """Whether the pair was looked at: another worker may be writing it, and what was parked before still stands."""
        return self.rest.why is not Why.LEASED

    def again(self, hint: Hint) -> Hint:
        """Return the hint for the next look.

        If another instance held the pair, or the brake a change of its event, that is read again, because Google reports a
        change only once; so is an event that is there though its pair is over, and would be taken for gone. Otherwise the
        booking is read first.
        """
        gone, event = self.rest.why is Why.BOOKING_GONE, self.event.value if self.event is not None else None
        if self.rest.why in (Why.LEASED, Why.TOO_OFTEN):
            if hint.kind is Kind.EVENT:
                return hint
            if event is not None:
                return hint.about(event.key)
        if gone and self.link.closed and event is not None:
            hint = hint.about(event.key)
        elif self.link.booking_id:
            hint = replace(hint, kind=Kind.BOOKING, subject=(self.link.booking_id,))
        return replace(hint, confirm=gone)


def come_back(ports: Ports, hint: Hint, outcome: Reconciled, lane: str = "live") -> None:
    """Queue the next look if the rest names a time for it.

    What may be parked under the name of this one is done once a look by that name finds the pair free: then it is one of two.
    """
    if outcome.rest.until is not None:
        due, again = outcome.rest.until + JUST_AFTER, outcome.again(hint)
        own = [hint] if hint.attempt and not outcome.looked and again.subject != hint.subject else []
        for each in (again, *own):
            hints.look_again(ports.tasks, each, due, f"rest-{outcome.rest.why}", lane=lane)


def look_at_once(ports: Ports, int_id: str, link: Link, source: str) -> None:
    """Queue an immediate look at a pair, by its event if it has one: the booking is then read too."""
    now = ports.clock()
    hint = Hint(Kind.BOOKING, int_id, (link.of_booking,), source, now)
    if link.event is not None:
        hint = hint.about(link.event)
    hints.enqueue(ports.tasks, hint, now, trailing=False)
