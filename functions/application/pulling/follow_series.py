"""Follows a series: the bookings of vanished occurrences move to the new ones before anything is made or cancelled.

When a person shifts a series, or changes "this and following", the new occurrences have new ids, and often a root whose
id is unrelated to the old one. Most vanished ones are tombstones on the same page; those of the family that no page has
shown are looked up one by one. If a new series may continue an old one but need not, the removals are held: nothing is
cancelled and made again behind a person's back.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.ports import Tombstone, Transaction, Unusable
from functions.application.pulling.unreadable_link import wait_for
from functions.application.store import links
from functions.application.store.calendars import CalendarState, Half
from functions.application.sync import mass_removal
from functions.application.sync.find_booking import booking_with
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import in_window, text_of
from functions.domain.comparing.series import NEAR, Twin, first_day, in_step, pair, twin_of
from functions.domain.model.errors import AccessRevoked, Gone, Malformed, Refused, Stale, Transient
from functions.domain.model.event import Event, EventKey, family, family_of_id
from functions.domain.pairing.decisions import Follow, Hold
from functions.domain.pairing.life import Active, Detached, Grace, Held, Paused, Side
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Decided
from functions.domain.pairing.writes import DeleteEvent, Why

KEPT_IDS, KEPT_HALVES = 400_000, 300  # characters, and number: a document has room for a million bytes
KEPT_READ = 100_000  # likewise; what is left out is asked for once more
PATIENCE = timedelta(minutes=3)  # with an occurrence that Google does not give: the rest of its calendar waits for it
LEFT_ALONE = Detached | Held  # its event follows its series, so that it does not count as new


class TimeIsUp(Exception):
    """The task's time is up; what it has read is kept."""


@dataclass(slots=True)
class Shown:
    """What the pages of one pull have shown so far: ids of live events, and of removed ones.

    `twins` maps the creation and update time of roots to families: the halves of a split series share both. `done` are the
    digests of what was dealt with of the present page, `read` maps ids of events that no page showed to whether they are
    gone, `named` those of new ones to the booking that names them: so a page that takes several tasks does not begin anew in
    each. `unread` is since when those that Google did not give are asked for. `until` is when this task's time is up, `waiting`
    the pairs in their grace when the page's first new event came.
    """

    live: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    twins: dict[Twin, set[str]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    read: dict[str, bool] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    unread: dict[str, datetime] = field(default_factory=dict)
    until: datetime | None = None
    waiting: list[Link] | None = None

    def note(self, events: Iterable[Event]) -> None:
        """Record the families of a page's occurrences by their twins."""
        for event in events:
            if (twin := twin_of(event)) is not None:
                self.twins.setdefault(twin, set()).add(family(event.series))

    def note_removed(self, tombstones: Iterable[Tombstone]) -> None:
        """Record what a page shows as removed, but for what an earlier task of the page has brought back since."""
        for each in tombstones:
            back = _back(each) in self.done
            (self.live if back else self.removed).add(each.key.id)

    def came_back(self, removed: Tombstone) -> None:
        """Record that what the present page shows as removed is there again."""
        self.done.add(_back(removed))

    def lost_families(self) -> set[str]:
        """Return the families that lost an occurrence."""
        return {family_of_id(each) for each in self.removed} - {""}

    def did(self, item: Event | Tombstone | Unusable) -> None:
        """Record that an item of the present page was dealt with: what failed has a retry of its own, or is parked."""
        self.done.add(page_digest(item.key.id, _version(item)))

    def is_done(self, item: Event | Tombstone | Unusable) -> bool:
        """Whether an item was dealt with, and has not changed since."""
        return bool(version := _version(item)) and page_digest(item.key.id, version) in self.done

    @classmethod
    def of(cls, state: CalendarState) -> "Shown":
        """Return what the tasks before this one have shown of series, and done of the present page."""
        shown = cls(removed={*state.lost.split()}, done={*state.done.split()})
        shown.named = dict(each.split(" ", 1) for each in state.named.splitlines())
        for each in state.read.split():
            since, unread, name = each.rpartition("?")
            if unread:
                shown.unread[name] = datetime.fromtimestamp(int(since), UTC)
            else:
                shown.read[name.removeprefix("-")] = name.startswith("-")
        for half in state.halves:
            shown.twins.setdefault((half.created, half.updated), set()).add(half.series)
        return shown

    def progress_in(self, state: CalendarState) -> CalendarState:
        """Return the state of a calendar with what was done of the present page, for the task that goes on with it."""
        read = ("-" * gone + name for name, gone in self.read.items())
        unread = (f"{since.timestamp():.0f}?{name}" for name, since in self.unread.items() if name not in self.read)
        named = (f"{name} {booking}" for name, booking in self.named.items())
        done = "\n".join(sorted(self.done))
        return replace(state, done=done, read=_lines((*read, *unread), KEPT_READ), named=_lines(named, KEPT_READ))

    def kept_in(self, state: CalendarState) -> CalendarState:
        """Return the state of a calendar with this, at the next page: of the halves the newest, because a split is a change.

        Live events are not kept: whether one lives that the next task needs and does not see is read.
        """
        self.done.clear()
        state = self.progress_in(state)
        lost = _lines(sorted(each for each in self.removed if family_of_id(each)), KEPT_IDS)
        halves = [Half(*twin, series) for twin, names in self.twins.items() for series in sorted(names)]
        halves.sort(key=lambda half: (half.updated, half.created, half.series), reverse=True)
        return replace(state, lost=lost, halves=tuple(halves[:KEPT_HALVES]))


def _version(item: Event | Tombstone | Unusable) -> str:
    """Return what changes with an item of a page; "" if nothing tells."""
    if isinstance(item, Event):
        return item.etag
    return item.reason if isinstance(item, Unusable) else item.etag or "removed"


def _back(removed: Tombstone) -> str:
    return page_digest(removed.key.id, _version(removed), "back")


def is_time_up(session: SyncSession, until: datetime | None) -> bool:
    """Whether a task's time is up."""
    return until is not None and session.now() >= until


def page_digest(*of: str) -> str:
    """Return a short name of something on a page: 2,500 ids of up to 1,024 characters have no room in a document."""
    return hashlib.sha256("\n".join(of).encode()).hexdigest()[:16]


def _lines(of: Iterable[str], most: int) -> str:
    """Return lines, of too many the last: the family that is being followed needs those."""
    text = "\n".join(of)
    return text if len(text) <= most else text[-most:].partition("\n")[2]


class Kin:
    """The links of families that could follow, as one look through a page finds them; `Unreadable` if one cannot be read.

    Each family is read once, and again after one of its pairs has changed (`forget`); what was removed is read together,
    because each new series is compared with all of it.
    """

    def __init__(self, session: SyncSession, calendar: str, shown: Shown) -> None:
        self.session, self.calendar, self.shown = session, calendar, shown
        self._of = dict[str, list[Link]]()
        self._gone: dict[str, list[Link]] | None = None
        self._asked = False

    def of(self, name: str) -> list[Link]:
        """Return the links of a family that could follow."""
        if name not in self._of:
            kin = links.every(self.session.ports.documents, self.session.id, {"series": name})
            self._of[name] = [link for link in kin if self._could_follow(link)]
            self.session.known_series.add(name)
        return self._of[name]

    def gone(self) -> dict[str, list[Link]]:
        """Return those of them whose occurrences are gone, by family."""
        if self._gone is None:
            documents, int_id = self.session.ports.documents, self.session.id
            removed = [EventKey(self.calendar, each) for each in sorted(self.shown.removed) if family_of_id(each)]
            found = {link.id: link for link in links.in_grace(documents, int_id, self.calendar, _of_no_series)}
            found |= {link.id: link for link in links.of_events(documents, int_id, removed).values()}
            self._gone = {}
            for link in found.values():
                if link.series and self._could_follow(link) and _is_gone(link, self.shown):
                    self._gone.setdefault(link.series, []).append(link)
        return self._gone

    def forget(self, name: str) -> None:
        """Read a family anew: a pair of it was changed."""
        self._of.pop(name, None)
        if self._gone is not None:
            self._gone[name] = [link for link in self.of(name) if _is_gone(link, self.shown)]

    def vanished(self, unknown: Iterable[Link]) -> list[Link]:
        """Return which of the occurrences that no page showed are gone.

        Raises `TimeIsUp`, but not before one was read, and `Stale` if one cannot be read just now.
        """
        read, waits, gone = self.shown.read, False, list[Link]()
        for link in unknown:
            name = _id(link)
            if name not in read:
                if self._asked and is_time_up(self.session, self.shown.until):
                    if waits:
                        break
                    raise TimeIsUp
                self._asked = True
                found = _vanished(self.session, link)
                if found is None and not self._has_waited(name):
                    waits = True
                    continue
                read[name] = bool(found)
            if read[name]:
                gone.append(link)
        if waits:
            raise Stale("an occurrence of the series cannot be read just now", reason="series_unreadable")
        return gone

    def _has_waited(self, name: str) -> bool:
        """Whether the calendar has waited long enough for an occurrence, which is then left to a task of its own."""
        now = self.session.now()
        if now - self.shown.unread.setdefault(name, now) < PATIENCE:
            return False
        about = Hint(Kind.EVENT, self.session.id, (self.calendar, name), "series", now)
        look_again(self.session.ports.tasks, about, now, "ghost", lane="backfill")
        return True

    def _could_follow(self, link: Link) -> bool:
        return _waits(link, self.calendar, self.shown) and _is_in_reach(self.session, link)


def _of_no_series(error: links.Unreadable) -> None:
    """Pass over an unreadable link, unless a new series may go on with it."""
    if error.series:
        raise error


def families(events: Iterable[Event], tombstones: Iterable[Tombstone]) -> dict[str, list[Event]]:
    """Group new events by their series; a single event that used to be a series counts as part of it."""
    former = {family_of_id(each.key.id) for each in tombstones}
    grouped: dict[str, list[Event]] = {}
    for event in events:
        name = family(event.series) or (event.key.id if event.key.id in former else "")
        if name:
            grouped.setdefault(name, []).append(event)
    return grouped


def followers(kin: Kin, name: str, appeared: list[Event]) -> list[tuple[Link, Event]]:
    """Pair links whose occurrences of this family vanished with the new ones.

    Raises `Stale` while one of them is being written: left out, it would be cancelled, and another one take its place.
    """
    pairs = _followers(kin, name, appeared)
    _wait_for_writes(kin.session, [link for link, _ in pairs])
    return pairs


def _followers(kin: Kin, name: str, appeared: list[Event]) -> list[tuple[Link, Event]]:
    session, shown = kin.session, kin.shown
    vanished = [link for link in kin.of(name) if _is_gone(link, shown)]
    unknown = [link for link in kin.of(name) if link not in vanished and _id(link) not in shown.live]
    unknown = [
        link for link in unknown if not isinstance(link.life, LEFT_ALONE) or _has_its_day(session, link, appeared)
    ]
    pairs = pair(vanished, appeared, session.settings.timezone, session.now())
    if len(pairs) == len(appeared) or not unknown:
        return pairs
    vanished += kin.vanished(unknown)
    return pair(vanished, appeared, session.settings.timezone, session.now())


def booking_naming(session: SyncSession, event: Event) -> str:
    """Return the booking that carries an event's id and counts on that; "" if there is none, or it cannot be known."""
    try:
        booking = booking_with(session, event.key.id, event.when)
    except (Refused, Malformed, Gone, Transient):  # it must not keep the rest of the calendar from being followed
        return ""
    counts = booking is not None and not links.of_booking(session.ports.documents, session.id, booking.id).ids.foreign
    return booking.id if booking is not None and counts else ""


def former_families(kin: Kin, name: str, appeared: list[Event]) -> list[str]:
    """Return the families that a new one certainly continues; hold the removals of those that it may continue.

    Certain: a root created and last updated at the same moments, or the same text in the same rhythm. The same rhythm
    alone may just as well be another series.
    """
    session = kin.session
    born = {twin_of(event) for event in appeared}
    if twins := {each for twin in born if twin is not None for each in kin.shown.twins.get(twin, ())} - {name}:
        return sorted(twins)
    sure: list[str] = []
    texts = {session.digest(text_of(event)) for event in appeared}
    for former, lost in sorted(kin.gone().items()):
        alike = bool({link.base.digests.get("text", "") for link in lost if link.base} & texts)
        times = [link.base.when for link in lost if link.base]
        if former == name or not in_step(times, appeared, session.settings.timezone, alike=alike):
            continue
        if alike:
            sure.append(former)
        else:
            _hold(kin, lost)
            kin.forget(former)
    return sure


def _hold(kin: Kin, lost: list[Link]) -> None:
    """Let a person decide whether to cancel the bookings of these occurrences, those that are left alone apart.

    Raises `TimeIsUp`, but not before one waits for a person.
    """
    session = kin.session
    _wait_for_writes(session, lost)
    for link in lost:
        if isinstance(link.life, LEFT_ALONE):
            continue
        held = after(link, Decided(Hold(Why.SERIES_UNSURE))).link
        session.ports.documents.transact(partial(_saved, session.id, held))
        mass_removal.count(session, held)
        told = {"int_id": session.id, "link": link.id, "booking": link.booking_id}
        session.ports.log("decided", {**told, "why": held.reason, "state": held.state.value})
        if is_time_up(session, kin.shown.until):
            raise TimeIsUp


def _wait_for_writes(session: SyncSession, lost: Iterable[Link]) -> None:
    """Raise `Stale` while one of these is being written; what a write did whose lease is over is found out later."""
    now = session.now()
    if any(link.intent is not None and now < link.intent.expires_at for link in lost):
        raise Stale("an occurrence of the series is being written just now", reason="busy")


def _saved(int_id: str, link: Link, tx: Transaction) -> Link:
    return links.save(tx, int_id, link)


def tie(session: SyncSession, link: Link, event: Event) -> Link:
    """Tie the pair of a vanished occurrence to a new one; its time is then merged as usual, unless it is left alone.

    Raises `Stale` or `Conflict` if another instance was faster.
    """
    moved = after(link, Decided(Follow(event))).link
    return session.ports.documents.transact(lambda tx: links.save(tx, session.id, moved))


def _is_in_reach(session: SyncSession, link: Link) -> bool:
    """Whether a link is in the window, or was within a week: what its series became may be in it."""
    now, when = session.now(), link.base.when if link.base is not None else None
    return when is not None and any(in_window(when, session.settings, at) for at in (now, now - NEAR))


def not_shown(session: SyncSession, calendar: str, shown: Shown) -> Iterator[list[Link]]:
    """Yield, for each family that lost an occurrence, the links that the pull did not show, the latest first.

    Of a deleted series Google reports about half a year of occurrences.
    https://github.com/googleapis/google-api-ruby-client/issues/860
    """
    known, of = shown.live | shown.removed, Kin(session, calendar, shown).of
    for name in sorted(shown.lost_families()):
        try:
            kin = [link for link in of(name) if isinstance(link.life, Active) and _id(link) not in known]
        except links.Unreadable as error:
            wait_for(session, calendar, error)
            continue
        inside = [each for each in kin if each.base and in_window(each.base.when, session.settings, session.now())]
        yield sorted(inside, key=lambda each: _id(each).rpartition("_")[2], reverse=True)


def _is_gone(link: Link, shown: Shown) -> bool:
    return _id(link) in shown.removed or (isinstance(link.life, Grace) and _id(link) not in shown.live)


def _waits(link: Link, calendar: str, shown: Shown) -> bool:
    """Whether a link could follow: its event is on this calendar or was deleted lately, and not by this service."""
    if link.event is None or link.event.calendar != calendar or link.base is None:
        return False
    if link.intent is not None and isinstance(link.intent.step, DeleteEvent):
        return False
    if isinstance(link.life, Held) and link.life.removes is Side.BOOKING and _id(link) not in shown.removed:
        return False  # deleted before this pull: what appears now does not continue it
    return bool(link.booking_id) and isinstance(link.life, Active | Grace | Paused | LEFT_ALONE)


def _has_its_day(session: SyncSession, link: Link, appeared: list[Event]) -> bool:
    """Whether an occurrence appeared on the day of a link's own, which may be gone for long if the link is left alone."""
    zone = session.settings.timezone
    return link.base is not None and first_day(link.base.when, zone) in {
        first_day(each.when, zone) for each in appeared
    }


def _id(link: Link) -> str:
    return link.event.id if link.event is not None else ""


def _vanished(session: SyncSession, link: Link) -> bool | None:
    """Whether an occurrence is gone; None: it cannot be read just now."""
    if link.event is None or link.base is None or not in_window(link.base.when, session.settings, session.now()):
        return False
    found = session.read_event(link.event)
    if found.value is None and not found.vanished:
        if isinstance(session.trouble, Malformed | Refused):
            return False  # it is there, and never to be read: nothing else of the calendar can wait for it
        if isinstance(session.trouble, AccessRevoked):
            raise session.trouble
        return None
    return found.vanished or (found.value is not None and found.value.key != link.event)
