"""Apply one page of a calendar's changes: echoes cost nothing, one bad event never stops the others."""

from dataclasses import dataclass, replace

from functions.application import links, parked
from functions.application.hints import Hint, Kind, task
from functions.application.ports import Tombstone, Unusable
from functions.application.reconcile import reconcile
from functions.application.sides import Sides
from functions.domain.echo import is_echo
from functions.domain.errors import AccessRevoked, Conflict, Stale, SyncError, Transient
from functions.domain.event import Event
from functions.domain.link import Link, State
from functions.domain.plan_inbound import eligible
from functions.domain.series import family, pair
from functions.domain.snapshot import Presence, Snapshot


@dataclass(frozen=True, slots=True)
class Page:
    """The changes of one page of a calendar."""

    calendar: str
    items: tuple[Event | Tombstone | Unusable, ...]


def apply_page(sides: Sides, hint: Hint, page: Page) -> int:
    """Apply a page and return how many pairs were looked at.

    Removals come first: their bookings are found again by the new occurrences of a series, or make room for them.
    """
    looked = 0
    for item in page.items:
        if isinstance(item, Tombstone):
            looked += _one(sides, hint, item)
        elif isinstance(item, Unusable):
            about = replace(hint, kind=Kind.EVENT, subject=(item.key.calendar, item.key.id))
            parked.park(sides.ports, about, item.reason, sides.now())
    events = [item for item in page.items if isinstance(item, Event)]
    looked += _series(sides, hint, [event for event in events if event.series])
    for event in events:
        looked += _one(sides, hint, event)
    return looked


def _one(sides: Sides, hint: Hint, item: Event | Tombstone) -> bool:
    link = links.of_event(sides.ports.documents, sides.id, item.key)
    snapshot: Snapshot[Event] = Snapshot.of(item) if isinstance(item, Event) else Snapshot(Presence.CANCELLED)
    if link is None:
        if not isinstance(item, Event) or not _new(sides, item):
            return False
        link = links.for_new_event(sides.id, item.key)
    elif (isinstance(item, Event) and is_echo(link, item, sides.digest)) or (
        not isinstance(item, Event) and (link.closed or link.state in (State.GRACE, State.HELD))
    ):
        return False
    _look(sides, hint, link, snapshot)
    return True


def _new(sides: Sides, event: Event) -> bool:
    """Whether an event without a link may become a booking; asked before anything is read."""
    return sides.settings.object_for_new_event(event.key.calendar) is not None and eligible(
        event, sides.circumstances()
    )


def _look(sides: Sides, hint: Hint, link: Link, event: Snapshot[Event]) -> None:
    key = event.value.key if event.value is not None else link.event
    if key is None:
        return
    about = replace(hint, kind=Kind.EVENT, subject=(key.calendar, key.id))
    try:
        outcome = reconcile(sides, about, link, event=event)
    except AccessRevoked:
        raise
    except (Transient, Stale) as error:
        due = sides.now()
        sides.ports.note("again", {"int_id": sides.id, "kind": "event", "reason": error.reason})
        sides.ports.tasks.put(task(replace(about, attempt=1), due, "page", int(due.timestamp())))
        return
    except SyncError as error:
        parked.park(sides.ports, about, error.reason, sides.now())
        return
    if outcome.rest.until is not None:
        due = outcome.rest.until
        again = (
            replace(about, kind=Kind.BOOKING, subject=(outcome.link.booking_id,)) if outcome.link.booking_id else about
        )
        sides.ports.tasks.put(task(again, due, "rest", int(due.timestamp()) + 1))


def _series(sides: Sides, hint: Hint, events: list[Event]) -> int:
    """Let the bookings of vanished occurrences follow the new occurrences of their series."""
    looked = 0
    for name in dict.fromkeys(family(event.series) for event in events):
        appeared = [
            event
            for event in events
            if family(event.series) == name
            and links.of_event(sides.ports.documents, sides.id, event.key) is None
            and _new(sides, event)
        ]
        if not appeared:
            continue
        waiting = [
            link
            for link in links.every(sides.ports.documents, sides.id, {"series": name})
            if link.state is State.GRACE and link.event is not None
        ]
        for link, event in pair(waiting, appeared, sides.settings.timezone):
            _follow(sides, hint, link, event)
            looked += 1
            waiting.remove(link)
        if len(appeared) > looked:
            for link in waiting:  # what is cancelled makes room before what is new is made
                _look(sides, hint, replace(link, until=sides.now()), Snapshot(Presence.CANCELLED))
    return looked


def _follow(sides: Sides, hint: Hint, link: Link, event: Event) -> None:
    """Tie the booking of a vanished occurrence to a new one; the time then goes the ordinary way."""
    moved = replace(link, event=event.key, event_etag=event.etag, state=State.ACTIVE, until=None, reason="")
    try:
        saved = sides.ports.documents.transact(lambda tx: links.save(tx, sides.id, moved))
    except (Stale, Conflict):
        now = sides.now()
        about = replace(hint, kind=Kind.EVENT, subject=(event.key.calendar, event.key.id), attempt=1)
        sides.ports.tasks.put(task(about, now, "series", int(now.timestamp())))
        return
    _look(sides, hint, saved, Snapshot.of(event))
