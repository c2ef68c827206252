"""Links in the store: each is saved together with its claims on a booking and an event.

A link that cannot be read is damaged, or of a newer version: it waits as it is (docs/decisions/0012-unreadable-links.md). What
reads one raises `Unreadable`; what reads many passes over those that a caller takes note of (`unreadable`), or raises likewise.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from typing import TypeVar

from functions.application.ports import Body, Documents, Path, Transaction
from functions.application.store.integrations import all_rows, path_of
from functions.application.store.records import body_of, record_of, stored
from functions.application.store.upgrades import schema_of
from functions.domain.model.appointment import Timed
from functions.domain.model.errors import Conflict, Malformed, Stale
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.identity import claim_id, is_link_id, link_id
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link, Occupies, Origin

PAGE, TOGETHER = 500, 300
_ACTIVE = {"kind": State.ACTIVE.value}
Key = TypeVar("Key")
_DEFAULTS = body_of(Link(""))


class Unreadable(Malformed):
    """A stored link cannot be read: `link` is its id, `series` that of its event as far as that can be told.

    `key` is the booking or event it was asked for, if it is one of many.
    """

    key: object = None

    def __init__(self, error: Malformed, link: str, body: Body) -> None:
        super().__init__(str(error), reason=error.reason)
        self.link, self.series = link, str(body.get("series") or "")


Note = Callable[[Unreadable], None]


def pass_over(_: Unreadable) -> None:
    """Take no note of an unreadable link: what reads many can do nothing about it, and a pull tells of it."""


def of_booking(documents: Documents, int_id: str, booking_id: str) -> Link:
    """Return a booking's link; a new one (version 0, not saved) if there is none."""
    return _claimed(documents, int_id, claim_id("booking", booking_id)) or _new(int_id, booking_id)


def of_bookings(
    documents: Documents, int_id: str, booking_ids: Sequence[str], unreadable: Note | None = None
) -> dict[str, Link]:
    """Return the links of some bookings, like `of_booking`, read together, by booking."""
    found = _bodies(documents, int_id, [claim_id("booking", each) for each in booking_ids])
    claimed = dict(zip(booking_ids, found, strict=True))
    known = dict(_readable(((each, its) for each, its in claimed.items() if its is not None), unreadable))
    return {
        each: _new(int_id, each) if its is None else known[each]
        for each, its in claimed.items()
        if its is None or each in known
    }


def of_event(documents: Documents, int_id: str, key: EventKey) -> Link | None:
    """Return the link that claims an event, or None."""
    return _claimed(documents, int_id, claim_id("event", key.calendar, key.id))


def of_events(
    documents: Documents, int_id: str, keys: Sequence[EventKey], unreadable: Note | None = None
) -> dict[EventKey, Link]:
    """Return the links that claim some events, read together, by event."""
    found = stored_of_events(documents, int_id, keys)
    known = [(key, each) for key, each in zip(keys, found, strict=True) if each is not None]
    return dict(_readable(known, unreadable))


def stored_of_events(documents: Documents, int_id: str, keys: Sequence[EventKey]) -> list[tuple[Body, str] | None]:
    """Return the same links unparsed, as `link_of` takes them, in order: comparing is often faster than parsing."""
    return _bodies(documents, int_id, [claim_id("event", key.calendar, key.id) for key in keys])


def is_as_left(body: Body, event: Event) -> bool:
    """Whether a stored link shows without being parsed that its event is just as the sync left it.

    True for most echoes: a settled pair, the same etag, a timed event. If False, the parsed link decides
    (`comparing/echo.py`).
    """
    base, when = body.get("base"), event.when
    waits = body.get("intent") or body.get("meet_asked_at") or body.get("unsettled")
    settled = body.get("life") == _ACTIVE and not waits
    if (
        not isinstance(base, dict)
        or not settled
        or body.get("schema") != schema_of(Link)
        or not isinstance(when, Timed)
    ):
        return False
    place, origin = event.key.calendar, body.get("origin")
    if not event.etag or body.get("event_etag") != event.etag or origin == Origin.INVITATION or event.hidden:
        return False
    if body.get("event") != {"calendar": place, "id": event.key.id} or base.get("calendar") != place:
        return False
    try:
        agreed = base["when"]
        start, end = datetime.fromisoformat(agreed["start"]), datetime.fromisoformat(agreed["end"])
    except (KeyError, TypeError, ValueError):
        return False
    return (start, end) == (when.start, when.end)


def of_event_id(documents: Documents, int_id: str, calendars: tuple[str, ...], event_id: str) -> Link | None:
    """Return the link that claims an event with this id on any of these calendars, or None."""
    found = (of_event(documents, int_id, EventKey(calendar, event_id)) for calendar in calendars)
    return next((link for link in found if link is not None), None)


def _new(int_id: str, booking_id: str) -> Link:
    return Link(id=link_id(int_id, "booking", booking_id), booking_id=booking_id)


def of_occupied(documents: Documents, int_id: str, place: Occupies) -> Link:
    """Return an occupied event's link; a new one (not saved) if there is none."""
    identity = link_id(int_id, "occupied", place.name)
    return by_id(documents, int_id, identity) or Link(id=identity, occupies=place)


def for_new_event(documents: Documents, int_id: str, event: Event) -> Link:
    """Return a new link (not saved) for a person's event as just read, or for an invitation to the calendar.

    Its id is derived from the event, so two instances that see it make the same link. If a pair that began with this
    event has that id and goes on with another event, the next id is used: an occurrence may come back to its series.
    """
    key, origin = event.key, Origin.EVENT if event.organizer_self else Origin.INVITATION
    names = ("\n".join((key.calendar, key.id, *([str(turn)] if turn else []))) for turn in count())
    identities = (link_id(int_id, "event", name) for name in names)
    free = next(each for each in identities if by_id(documents, int_id, each) is None)
    return Link(id=free, origin=origin).seeing(event)


def by_id(documents: Documents, int_id: str, identity: str) -> Link | None:
    """Return a link by its own id, or None."""
    body = documents.get(_link_path(int_id, identity))
    return link_of(body, identity) if body is not None else None


def of_mark(documents: Documents, int_id: str, mark: Mark) -> Link | None:
    """Return the link that an event's mark names, or None: whoever may write in a calendar can write any mark."""
    return by_id(documents, int_id, mark.link_id) if mark.int_id == int_id and is_link_id(mark.link_id) else None


def every(
    documents: Documents,
    int_id: str,
    where: dict[str, str | int | bool] | None = None,
    unreadable: Note | None = None,
) -> Iterator[Link]:
    """Return an integration's links, read page by page."""
    rows = all_rows(documents, path_of(int_id, "links"), where, page=PAGE)
    return (link for _, link in _readable(((None, (body, identity)) for identity, body in rows), unreadable))


def save(tx: Transaction, int_id: str, link: Link) -> Link:
    """Save a link, if its version is still the stored one, and its claims.

    One that stands just as this saves it has been saved: the answer was lost, and the transaction runs again. A link that gives
    way to this one lets go of its event, and is removed if it has no booking. Raises `Stale` if another
    instance saved it since, `Conflict` if its booking or event belongs to another link.
    """
    saved, held = _stored(tx.get(_link_path(int_id, link.id)), link)
    if saved is not None:
        return saved
    wanted = _claims(link)
    over = list[Link]()
    for claim in sorted(wanted - held):
        holder = tx.get(path_of(int_id, "claims", claim))
        if holder is not None and (identity := str(holder["link"])) != link.id:
            its = tx.get(_link_path(int_id, identity))
            other = link_of(its, identity) if its is not None else None
            if other is None or not other.gives_way_to(link) or claim in _claims(free := other.without_event()):
                raise Conflict("this booking or event already belongs to another pair", reason="second_claimant")
            over.append(free)
    for other in over:
        if other.of_booking:
            _put(tx, int_id, replace(other, version=other.version + 1))
        else:
            tx.delete(_link_path(int_id, other.id))
    for claim in sorted(wanted - held):
        tx.put(path_of(int_id, "claims", claim), {"link": link.id})
    for claim in sorted(held - wanted):
        tx.delete(path_of(int_id, "claims", claim))
    return _put(tx, int_id, replace(link, version=link.version + 1))


def _stored(body: Body | None, link: Link) -> tuple[Link | None, set[str]]:
    """Return a link if it has been saved already, and else the claims of what it replaces. Raises `Stale`."""
    if body is not None and body.get("schema") == schema_of(Link) and body.get("version") == link.version:
        return None, _claims_in(body)  # it stands as it was read: nothing else of it matters
    before = link_of(body, link.id) if body is not None else None
    if before == (as_saved := replace(link, version=link.version + 1)):
        return as_saved, set()
    if (before.version if before is not None else 0) != link.version:
        raise Stale("the link was changed by another instance", reason="link_changed")
    return None, _claims(before) if before is not None else set()


def _put(tx: Transaction, int_id: str, link: Link) -> Link:
    tx.put(_link_path(int_id, link.id), {**without_defaults(stored(link)), **_looked_up_by(link)})
    return link


def without_defaults(body: Body) -> Body:
    """Return a stored link without the fields that say nothing: half of it, which would be read with every event."""
    return {name: value for name, value in body.items() if value != _DEFAULTS.get(name)}


def link_of(body: Body, identity: str) -> Link:
    """Return a stored link; raises `Unreadable`."""
    try:
        return record_of(Link, body, "link {}", identity)
    except Malformed as error:
        raise Unreadable(error, identity, body) from None


def _readable(found: Iterable[tuple[Key, tuple[Body, str]]], unreadable: Note | None) -> Iterator[tuple[Key, Link]]:
    """Return stored links by a key; of those that cannot be read note is taken, or they raise `Unreadable`."""
    for key, stored_link in found:
        try:
            yield key, link_of(*stored_link)
        except Unreadable as error:
            error.key = key
            if unreadable is None:
                raise
            unreadable(error)


def _looked_up_by(link: Link) -> Body:
    """Return what links are queried by besides their own fields: state, calendar, foreign id, what is lacking, a write under way, day.

    The day includes the id, to be unique.
    """
    found: Body = {"state": link.state.value, "calendar": link.event.calendar if link.event is not None else ""}
    if link.ids.foreign:
        found["foreign"] = True
    found |= {f"lacks_{name}": True for name in ("guest", "meet") if link.lacks(name) and not link.closed}
    if link.intent is not None:
        found["writing"] = True
    base = link.base or (link.intent.base if link.intent is not None else None)
    if base is None:
        return found
    first = base.when.start if isinstance(base.when, Timed) else base.when.first
    return {**found, "day": f"{first:%Y-%m-%d}|{link.id}"}


def left_open(documents: Documents, int_id: str, now: datetime) -> list[Link]:
    """Return the links with a write that should have ended by now (aware UTC): its worker died, or lost what it needs."""
    writing = every(documents, int_id, {"writing": True}, pass_over)
    return [link for link in writing if link.intent is not None and link.intent.expires_at <= now]


def in_grace(documents: Documents, int_id: str, calendar: str, unreadable: Note | None = None) -> Iterator[Link]:
    """Return the links with an event on a calendar that wait out the grace of its removal."""
    return every(documents, int_id, {"state": State.GRACE.value, "calendar": calendar}, unreadable)


def of_days(
    documents: Documents, int_id: str, first: date, last: date, unreadable: Note | None = None
) -> Iterator[Link]:
    """Yield the links whose last agreed start is on these days (UTC, both included)."""
    after, end = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}~"
    while rows := documents.find(path_of(int_id, "links"), order="day", after=after, before=end, limit=PAGE):
        for _, link in _readable(((None, (body, identity)) for identity, body in rows), unreadable):
            yield link
        if len(rows) < PAGE:
            return
        after = str(rows[-1][1]["day"])


def remove(tx: Transaction, int_id: str, link: Link) -> None:
    """Remove a link with its claims, if it is still as it was read; one that is gone already is no error. Raises `Stale`."""
    body = tx.get(_link_path(int_id, link.id))
    if body is None:
        return
    saved, held = _stored(body, link)
    for claim in sorted(held if saved is None else _claims(saved)):
        tx.delete(path_of(int_id, "claims", claim))
    tx.delete(_link_path(int_id, link.id))


def _claims(link: Link) -> set[str]:
    event = link.event
    return _claims_of(link.booking_id, (event.calendar, event.id) if event is not None else None)


def _claims_in(body: Body) -> set[str]:
    """Return the claims of a stored link of the current version, unparsed."""
    event = body.get("event")
    return _claims_of(body.get("booking_id", ""), (event["calendar"], event["id"]) if event else None)


def _claims_of(booking_id: str, event: tuple[str, str] | None) -> set[str]:
    claims = {claim_id("booking", booking_id)} if booking_id else set()
    if event is not None:
        claims.add(claim_id("event", *event))
    return claims


def _claimed(documents: Documents, int_id: str, claim: str) -> Link | None:
    holder = documents.get(path_of(int_id, "claims", claim))
    return by_id(documents, int_id, str(holder["link"])) if holder is not None else None


def _bodies(documents: Documents, int_id: str, claims: Sequence[str]) -> list[tuple[Body, str] | None]:
    """Return the stored links that hold these claims, each with its id, in order."""
    holders = _several(documents, [path_of(int_id, "claims", claim) for claim in claims])
    names = [str(holder["link"]) if holder is not None else "" for holder in holders]
    bodies = iter(_several(documents, [_link_path(int_id, name) for name in names if name]))
    found = ((next(bodies), name) if name else (None, name) for name in names)
    return [(body, name) if body is not None else None for body, name in found]


def _several(documents: Documents, paths: list[Path]) -> list[Body | None]:
    """Read documents together, some hundred at a time."""
    return [each for n in range(0, len(paths), TOGETHER) for each in documents.several(paths[n : n + TOGETHER])]


def _link_path(int_id: str, identity: str) -> Path:
    return path_of(int_id, "links", identity)
