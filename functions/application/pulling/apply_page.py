"""Applies one page of a calendar's changes: echoes cost nothing, and one bad event never stops the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from functions.application.intake.hints import LISTED, Hint, Kind, look_again, second_look
from functions.application.ports import Body, Tombstone, Unusable
from functions.application.pulling import events_without_booking
from functions.application.pulling.follow_series import (
    Kin,
    Shown,
    TimeIsUp,
    booking_naming,
    families,
    followers,
    former_families,
    is_time_up,
    page_digest,
    tie,
)
from functions.application.pulling.unreadable_link import wait_for
from functions.application.store import links, parked
from functions.application.sync.failures import pair_failed
from functions.application.sync.find_booking import other_names_it
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import Reconciled, come_back
from functions.application.sync.session import SyncSession
from functions.domain.comparing.echo import is_echo
from functions.domain.comparing.event_content import in_window, period
from functions.domain.model.errors import AccessRevoked, Cause, Stale, SyncError
from functions.domain.model.event import Event, EventKey, family_of_id, first_occurrence
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Grace, Held
from functions.domain.pairing.link import Link, Occupies
from functions.domain.pairing.step import Rest
from functions.domain.pairing.writes import Why
from functions.domain.planning.plan_new_event import eligible

ROOM_AFTER = timedelta(seconds=5)
TOGETHER = 200  # events whose links are read together
FORMER = "former"  # detail of the second look at an event for which its booking has another one
AT_LEAST = timedelta(seconds=20)  # for the items of a page whose series took all its time to look through
Item = Event | Tombstone | Unusable


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page. `listed`: it comes from a full list of the window, which shows no removals; `more`: others follow.

    `since` is when that calendar was last pulled; earlier changes have been handled.
    """

    calendar: str
    items: tuple[Item, ...]
    listed: bool = False
    since: datetime | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """How many pairs were looked at, and whether the page was finished in time; if not, it is applied again."""

    looked: int
    finished: bool = True


def apply_page(session: SyncSession, hint: Hint, page: Page, shown: Shown, until: datetime | None = None) -> Applied:
    """Apply a page until a moment; when it is applied again, what was done by then is skipped, also what failed.

    Bookings of a shifted series move first; removals come before new events, because they make room. An occurrence that is to
    be brought back waits for the last page: its series may only have been shifted.
    """
    hint = replace(hint, detail=LISTED if page.listed else "")
    events = [item for item in page.items if isinstance(item, Event)]
    tombstones = [item for item in page.items if isinstance(item, Tombstone)]
    shown.live.update(event.key.id for event in events if page.listed or event.series)
    shown.note(events)
    shown.note_removed(tombstones)
    began, shown.until, shown.waiting = session.now(), until, None
    if not _park_unusable(session, hint, page, shown):
        return Applied(0, finished=False)
    left = [item for item in page.items if isinstance(item, Tombstone) or not shown.is_done(item)]
    looked, handled, finished = _series(session, hint, replace(page, items=tuple(left)), shown)
    for item in page.items:
        if item.key in handled:
            shown.did(item)
    if not finished:
        return Applied(looked, finished=False)
    if until is not None:  # or a page whose series take long to look through would never be applied
        now = session.now()
        until = shown.until = max(until, min(until + (now - began), now + AT_LEAST))
    waits = page.more and session.settings.inbound.deleted_event == "restore"
    removed = [item for item in tombstones if not (waits and family_of_id(item.key.id))]
    in_turn: tuple[Event | Tombstone, ...] = (*removed, *events)
    settled: set[str] = set()
    for number, each in enumerate(in_turn):
        if number % TOGETHER == 0:
            settled = _settled(session, hint, page, in_turn[number : number + TOGETHER])
        if each.key.id in settled or shown.is_done(each):
            continue
        if is_time_up(session, until):
            return Applied(looked, finished=False)
        try:
            looked += _guarded(session, hint, each.key, partial(_apply_item, session, hint, page, shown, each))
        except TimeIsUp:
            return Applied(looked, finished=False)
        shown.did(each)
    return Applied(looked)


def _park_unusable(session: SyncSession, hint: Hint, page: Page, shown: Shown) -> bool:
    """Park what cannot be read, until time is up; returns whether that was all.

    What is centuries away and belongs to no booking is none of our business.
    """
    left = [item for item in page.items if isinstance(item, Unusable) and not shown.is_done(item)]
    stored = links.stored_of_events(session.ports.documents, session.id, [item.key for item in left])
    for number, (item, found) in enumerate(zip(left, stored, strict=True)):
        if number and is_time_up(session, shown.until):
            return False
        if found is not None or item.reason is not Cause.OUT_OF_RANGE:
            parked.park(session.ports, hint.about(item.key), item.reason, session.now())
        shown.did(item)
    return True


def _series(session: SyncSession, hint: Hint, page: Page, shown: Shown) -> tuple[int, set[EventKey], bool]:
    """Let bookings follow their series, until time is up; those that did are skipped when the page is applied again.

    Returns how many did, the keys of events and tombstones that are done, and whether that was all.
    """
    roots, waiting, taken, finished = _roots(session, hint, page, shown)
    gone_on = {key for key in roots if key.id not in waiting}
    tombstones = [item for item in page.items if isinstance(item, Tombstone)]
    back = [each for each in tombstones if each.key.id not in shown.removed]
    for each in back:
        shown.came_back(each)
    handled = {each.key for each in back}
    if not finished:
        return len(roots), handled | roots | taken, False
    possible = [item for item in page.items if isinstance(item, Event) and (item.series or tombstones)]
    following = [each for each in possible if each.series not in waiting]
    following = [each for each in following if each.series or _other_key(each) not in gone_on]
    candidates = [item for item in following if _quick_check(partial(_new, session, item))]
    grouped = families(candidates, tombstones)
    looked, kin = False, Kin(session, page.calendar, shown)
    gone = page_digest(*sorted(shown.removed))
    keys = [event.key for group in grouped.values() for event in group]
    stored = links.stored_of_events(session.ports.documents, session.id, keys)
    linked = {key for key, found in zip(keys, stored, strict=True) if found is not None}
    for name, group in grouped.items():
        new = (event for event in group if event.key not in linked)
        appeared = [event for event in new if _quick_check(partial(_is_nobodys, session, page, event))]
        family = page_digest(name, gone, *(f"{event.key.id} {event.etag}" for event in appeared))
        if family in shown.done:  # an earlier task found nothing that could go on with these
            session.known_series.add(name)
            continue
        if not appeared:
            continue
        if looked and is_time_up(session, shown.until):
            finished = False
            break
        known = len(handled)
        try:
            handled |= _followed(kin, hint, page, name, appeared)
            _follow_former(kin, hint, page, name, appeared, family, handled)
        except TimeIsUp:
            finished = False
            break
        except links.Unreadable as error:  # what became of that one's occurrence is unknown: no second booking is made
            wait_for(session, page.calendar, error)
            handled |= {event.key for event in appeared}
        if len(handled) == known:
            shown.done.add(family)
        elif is_time_up(session, shown.until):
            finished = False
            break
        looked = True
    return len(roots) + len(handled) // 2, handled | roots | taken, finished


def _roots(
    session: SyncSession, hint: Hint, page: Page, shown: Shown
) -> tuple[set[EventKey], set[str], set[EventKey], bool]:
    """Let the pairs of single events that became series go on with the first occurrences, and the other way round.

    No list shows the root of a series, though it has that event's id. Returns under which keys those pairs were, the
    series whose pair could not go on yet, what was taken away with that, which the page still shows, and whether those
    were all: until time is up, but not before one was looked at that no earlier task has.
    """
    taken: set[EventKey] = set()
    removed = {item.key for item in page.items if isinstance(item, Tombstone)}
    events = (item for item in page.items if isinstance(item, Event))
    # an id is computed for each event only where something was removed: most pages are echoes
    former: dict[EventKey, list[str]] = {}
    for event in events:
        if event.series or (removed and _other_key(event) in removed):
            former.setdefault(_other_key(event), []).append(event.etag)
    keys = sorted(former, key=lambda each: each.id)
    stored = links.stored_of_events(session.ports.documents, session.id, keys)
    left, roots, looked = [key for key, found in zip(keys, stored, strict=True) if found is not None], [], False
    for key in left:
        if (seen := page_digest("root", key.id, *former[key])) not in shown.done:
            if looked and is_time_up(session, shown.until):
                break
            _guarded(session, hint, key, partial(_goes_on, session, hint, shown, key, taken))
            shown.done.add(seen)
            looked = True
        roots.append(key)
    stored = links.stored_of_events(session.ports.documents, session.id, roots)
    there = {key.id: found for key, found in zip(roots, stored, strict=True) if found is not None}
    waiting = {name for name, found in there.items() if _is_open(*found)}
    return set(roots), waiting, taken, len(roots) == len(left)


def _other_key(event: Event) -> EventKey:
    """Return the key of an occurrence's root, or of the first occurrence that a single event was, or would be."""
    root = EventKey(event.key.calendar, event.series)
    return root if event.series else first_occurrence(event.key, event.when)


def _goes_on(session: SyncSession, hint: Hint, shown: Shown, key: EventKey, taken: set[EventKey]) -> None:
    """Let the pair of this event go on; one that this brings back is no longer one that the page shows as removed.

    Adds what its booking took to another calendar, or away, at once to `taken`.
    """
    link = links.of_event(session.ports.documents, session.id, key)
    if link is None:
        return
    found = session.must_read_event(key)
    event = _looked(session, hint, link, found).link.event
    if event is not None and event != key:
        shown.removed.discard(event.id)
        shown.live.add(event.id)
    if found.value is not None and found.value.key not in (key, event) and session.has_left(found.value.key, None):
        taken.add(found.value.key)


def _is_open(body: Body, identity: str) -> bool:
    """Whether a stored link is not over, as far as can be told."""
    try:
        return not links.link_of(body, identity).closed
    except links.Unreadable:
        return True


def _is_open_to_nothing(body: Body, identity: str) -> bool:
    """Whether the removal of its event changes nothing about a stored link: a person decides, or it is over.

    Unless a worker died over one that is over: then this tells what became of its write.
    """
    link = links.link_of(body, identity)
    return isinstance(link.life, Held) or (link.intent is None and link.closed)


def _followed(kin: Kin, hint: Hint, page: Page, name: str, appeared: list[Event]) -> set[EventKey]:
    """Move a family's bookings to new occurrences until time is up; returns the keys of those done, old and new."""
    session, handled = kin.session, set[EventKey]()
    pairs, others = _pairs(kin, page, name, appeared)
    steps = [(event, link.event, partial(_follow, session, hint, link, event)) for link, event in pairs]
    steps += [(event, None, partial(_apply_item, session, hint, page, kin.shown, event)) for event in others]
    for event, former, step in steps:
        _guarded(session, hint, event.key, step)
        handled |= {event.key, former} if former is not None else {event.key}
        if is_time_up(session, kin.shown.until):
            break
    if steps:
        kin.forget(name)
    return handled


def _follow_former(
    kin: Kin, hint: Hint, page: Page, name: str, appeared: list[Event], digest: str, handled: set[EventKey]
) -> None:
    """Move the bookings of families that a new one continues to what is left of it; adds the keys of those done to `handled`.

    `digest` is that of the new family. Raises `TimeIsUp`, but not before a family was looked at that no earlier task has.
    """
    left = [event for event in appeared if event.series and event.key not in handled]
    for former in former_families(kin, name, left) if left else ():
        if (both := page_digest(digest, former)) in kin.shown.done:
            continue  # an earlier task found nothing of that one that could go on
        if moved := _followed(kin, hint, page, former, left):
            handled |= moved
            left = [event for event in left if event.key not in handled]
        else:
            kin.shown.done.add(both)
        if is_time_up(kin.session, kin.shown.until):
            raise TimeIsUp


def _pairs(kin: Kin, page: Page, name: str, appeared: list[Event]) -> tuple[list[tuple[Link, Event]], list[Event]]:
    """Pair a family's bookings with new occurrences, but for those that other bookings name: an older store was restored.

    Only a full list asks i-Reserve for these, once each, until time is up: then only those asked about are returned, with
    those that others name, so that one at least is done and not asked about again. Where i-Reserve cannot tell, they follow
    as if no store were older.
    """
    session, namer, taken = kin.session, kin.shown.named, set[EventKey]()

    def is_others(link: Link, event: Event) -> bool:
        return page.listed and namer.get(event.key.id, "") not in ("", link.booking_id)

    while left := [event for event in appeared if event.key not in taken]:
        pairs = followers(kin, name, left)
        for _, event in pairs if page.listed else ():
            if event.key.id not in namer:
                namer[event.key.id] = booking_naming(session, event)
                if is_time_up(session, kin.shown.until):
                    asked = [(link, event) for link, event in pairs if event.key.id in namer]
                    others = [event for link, event in asked if is_others(link, event)]
                    return [each for each in asked if not is_others(*each)], others
        if not (named := {event.key for link, event in pairs if is_others(link, event)}):
            return pairs, []
        taken |= named
    return [], []


def _settled(session: SyncSession, hint: Hint, page: Page, items: Sequence[Item]) -> set[str]:
    """Return the ids of the events that need nothing, echoes above all, as far as one read of the store shows.

    The others are looked up one by one.
    """
    stored = links.stored_of_events(session.ports.documents, session.id, [item.key for item in items])
    echoes, left = set[str](), list[tuple[Event, tuple[Body, str] | None]]()
    for item, found in zip(items, stored, strict=True):
        if not isinstance(item, Event):
            if found is None or _quick_check(partial(_is_open_to_nothing, *found)):
                echoes.add(item.key.id)
        elif found is not None and links.is_as_left(found[0], item):
            echoes.add(item.key.id)
        else:
            left.append((item, found))
    known, unreadable = dict[EventKey, Link](), set[EventKey]()
    for event, found in left:
        try:
            known |= {event.key: links.link_of(*found)} if found is not None else {}
        except links.Unreadable:
            unreadable.add(event.key)
    events = [event for event, _ in left if event.key not in unreadable]
    unlinked = [event for event in events if event.key not in known]
    covered = [event for event in events if event.hidden and event.key in known]
    events_without_booking.note(session, hint, page.calendar, covered, paired=True)
    # an endless series reaches decades ahead
    echoes |= {
        event.key.id
        for event in unlinked
        if event.series and not in_window(event.when, session.settings, session.now())
    }
    echoes |= {event.key.id for event in covered}
    echoes |= {
        event.key.id
        for event in events
        if event.key in known and _quick_check(partial(_is_echo, session, known[event.key], event))
    }
    if not page.listed:
        return echoes
    foreign = (event for event in unlinked if event.mark.int_id != session.id and event.key.id not in echoes)
    passing = [event for event in foreign if _quick_check(partial(_can_be_skipped, session, event))]
    since = page.since or session.now() - events_without_booking.RECENT
    events_without_booking.note(
        session, hint, page.calendar, [each for each in passing if each.updated and each.updated >= since]
    )
    return echoes | {event.key.id for event in passing}


def _follow(session: SyncSession, hint: Hint, link: Link, event: Event) -> bool:
    return _look(session, hint, tie(session, link, event), Snapshot.of(event))


def _apply_item(session: SyncSession, hint: Hint, page: Page, shown: Shown, item: Event | Tombstone) -> bool:
    link = links.of_event(session.ports.documents, session.id, item.key)
    if not isinstance(item, Event):
        return link is not None and _removed(session, hint, item.key, link)
    if link is None:
        return _went_on(session, hint, page, item) or _appeared(session, hint, page, shown, item)
    return not _is_echo(session, link, item) and _look(session, hint, link, Snapshot.of(item))


def _removed(session: SyncSession, hint: Hint, key: EventKey, link: Link) -> bool:
    """Apply the removal of a pair's event."""
    if isinstance(link.life, Grace):
        # known already, but a crash may have lost the hint for the end of its grace
        come_back(session.ports, hint.about(key), Reconciled(Rest(Why.GRACE, link.life.until), link))
        return False
    return _look(session, hint, link, Snapshot(Presence.CANCELLED))


def _went_on(session: SyncSession, hint: Hint, page: Page, event: Event) -> bool:
    """Whether the pair of a single event goes on with this first occurrence of what it became, or the other way round.

    Of one page's occurrences only the earliest can be the first: the others cost no call. Raises `Stale` if it will later.
    """
    key = _other_key(event)
    link = links.of_event(session.ports.documents, session.id, key)
    if link is None or link.closed or not _is_earliest(page, event):
        return False
    found = session.must_read_event(key)
    if found.value is None or found.value.key != event.key:
        return False
    _look(session, hint, link, found)
    if links.of_event(session.ports.documents, session.id, event.key) is None:
        raise Stale("a write to the pair of this event is under way", reason="series_root")
    return True


def _is_earliest(page: Page, event: Event) -> bool:
    """Whether a page shows no earlier occurrence of the same series; their ids end with where each begins."""
    if not event.series:
        return True
    kin = (item for item in page.items if isinstance(item, Event) and item.series == event.series)
    return all(event.key.id <= item.key.id for item in kin)


def _appeared(session: SyncSession, hint: Hint, page: Page, shown: Shown, event: Event) -> bool:
    """Apply an event that no pair has."""
    link = _known_elsewhere(session, page, event)
    if link is None and not _new(session, event):
        if event.mark.int_id != session.id:
            events_without_booking.note(session, hint, event.key.calendar, [event])
        return False
    if link is None and page.listed and not event.series:
        # it may be what is left of a series, whose removals a list does not show
        kin = Kin(session, page.calendar, shown)
        for former, followed in _pairs(kin, page, event.key.id, [event])[0]:
            return _follow(session, hint, former, followed)
    link = link or links.for_new_event(session.ports.documents, session.id, event)
    if link.event is not None and link.event != event.key and not session.has_left(link.event, event):
        return _without_former(session, hint, link, event)
    if link.version == 0 and (due := _room_free_at(session, shown, event)) is not None:
        look_again(session.ports.tasks, hint.about(event.key), due, "room")
        return True
    if page.listed and not _is_earliest(page, event):
        hint = replace(hint, detail="")
    return _look(session, hint, link, Snapshot.of(event))


def look_at(session: SyncSession, hint: Hint, key: EventKey) -> bool:
    """Read one event and apply it like a page of its own; raises what reading and writing raise.

    Its pair may have gone on with another event since, or with this one in another calendar: then that one is looked at.
    Returns whether that is done: another worker may be writing the pair.
    """
    try:
        found = session.must_read_event(key)
    except SyncError:
        if key.calendar not in session.settings.calendars:
            return True  # its mapping row was removed: nobody needs to fix what failed there
        raise
    link = links.of_event(session.ports.documents, session.id, key)
    if link is None and found.value is not None and found.value.key != key:
        link = links.of_event(session.ports.documents, session.id, found.value.key)
    if link is not None:
        return _looked(session, hint, link, found).looked
    if found.value is not None:
        _apply_item(session, hint, Page(key.calendar, ()), Shown(), found.value)
    elif (
        moved := _in_another_calendar(session, key) or _single_again(session, key)
    ) is not None and moved.event is not None:
        return _looked(session, hint, moved, session.must_read_event(moved.event)).looked
    return True


def _quick_check(check: Callable[[], bool]) -> bool:
    """Return the result of a quick check of an event, False on any error; its own turn will show the error."""
    try:
        return check()
    except AccessRevoked:
        raise
    except Exception:  # noqa: BLE001 -- see above
        return False


def _can_be_skipped(session: SyncSession, event: Event) -> bool:
    return not _new(session, event)


def _is_echo(session: SyncSession, link: Link, event: Event) -> bool:
    return is_echo(link, event, session.digest, session.settings.timezone)


def _new(session: SyncSession, event: Event) -> bool:
    """Whether an event without a link may become a booking; checked before anything is read."""
    settings, calendar = session.settings, event.key.calendar
    followed = settings.object_for_new_event(calendar) is not None or settings.shares(calendar)
    return followed and eligible(event, session.planning_context())


def _known_elsewhere(session: SyncSession, page: Page, event: Event) -> Link | None:
    """Return the link of an event that only looks new: this service just made it, or it moved here from elsewhere.

    A mark alone proves nothing, because Google copies it; the id must be derived from the booking.
    """
    documents = session.ports.documents
    if not event.organizer_self:
        return None
    link = links.of_mark(documents, session.id, event.mark)
    if link is not None and event.key.id in session.derived_ids(link):
        return link
    return None if page.listed else _in_another_calendar(session, event.key)


def _in_another_calendar(session: SyncSession, key: EventKey) -> Link | None:
    """Return the link that has this event in another calendar."""
    others = [EventKey(each, key.id) for each in session.settings.calendars if each != key.calendar]
    return next(iter(links.of_events(session.ports.documents, session.id, others).values()), None)


def _single_again(session: SyncSession, key: EventKey) -> Link | None:
    """Return the link that has what is left of an occurrence's series, which may be gone by now as well."""
    single = EventKey(key.calendar, family_of_id(key.id))
    return links.of_event(session.ports.documents, session.id, single) if single.id else None


def _without_former(session: SyncSession, hint: Hint, link: Link, event: Event) -> bool:
    """Remove an event that was that of a pair which has another one by now; returns whether it was looked at.

    A person may have made a series of it, whose first occurrence its pair lost, and one event again; or an older store, put
    back, did not know it. Not if another booking names it, or if the page is older and it is a series. One that a person just
    brought to this calendar may still show in the other one too: so only a second look, some seconds later, counts.
    """
    if link.event is None or event.key.id not in session.derived_ids(link):
        return False
    found = session.must_read_event(event.key)
    if found.value is None or found.value.key != event.key:
        return False
    if other_names_it(session, link.of_booking, event.key.id, event.when):
        return False
    if hint.detail != FORMER:
        again = replace(hint.about(event.key), source="pull", detail=FORMER)
        look_again(session.ports.tasks, again, second_look(session.now()), "former")
        return True
    place = Occupies(link.of_booking, event.key.calendar, "former")
    former = links.of_occupied(session.ports.documents, session.id, place)
    return _look(session, hint, former, found)


def _is_nobodys(session: SyncSession, page: Page, event: Event) -> bool:
    """Whether bookings may follow to an event: not to a single one that a pair is making, or taking to this calendar.

    Nor to one that a person took here from where its pair has it.
    """
    pair = None if event.series else _known_elsewhere(session, page, event)
    if pair is None:
        return True
    if pair.event is None or (pair.intent is not None and pair.intent.place == event.key):
        return False
    return pair.closed or pair.event.id != event.key.id


def _room_free_at(session: SyncSession, shown: Shown, event: Event) -> datetime | None:
    """Return when the booking of a just deleted event will have made room for a new one; None: no need to wait.

    Later than now also where its grace is over: i-Reserve may not have answered to its cancellation yet.
    """
    zone = session.settings.timezone
    start, end = period(event.when, zone)
    if shown.waiting is None:  # once for a page, whose removals came first
        waiting = links.in_grace(session.ports.documents, session.id, event.key.calendar, links.pass_over)
        shown.waiting = list(waiting)
    held = ((link.until, *period(link.base.when, zone)) for link in shown.waiting if link.until and link.base)
    ends = [until for until, since, till in held if since < end and start < till]
    return max(*ends, session.now()) + ROOM_AFTER if ends else None


def _look(session: SyncSession, hint: Hint, link: Link, event: Snapshot[Event]) -> bool:
    """Look at a pair; returns that one was looked at."""
    _looked(session, hint, link, event)
    return True


def _looked(session: SyncSession, hint: Hint, link: Link, event: Snapshot[Event]) -> Reconciled:
    """Look at a pair."""
    key = event.value.key if event.value is not None else link.event
    about = hint.about(key) if key is not None else hint  # for the type checker: who looks at a pair here has its event
    outcome = reconcile(session, about, link, event=event)
    if outcome.looked:
        parked.clear(session.ports, about)
    # under the name that was asked for: what is parked under it is done once this pair is, whatever event that has by then
    come_back(session.ports, hint if hint.kind is Kind.EVENT else about, outcome)
    return outcome


def _guarded(session: SyncSession, hint: Hint, key: EventKey, work: Callable[[], bool | None]) -> bool:
    """Do one event's work and handle its error. Returns whether a pair was looked at."""
    try:
        return bool(work())
    except TimeIsUp:
        raise
    except links.Unreadable as error:
        wait_for(session, key.calendar, error)
        return True
    except Exception as error:  # noqa: BLE001 -- one event must not stop the others
        pair_failed(session.ports, hint.about(key), error)
        return True
