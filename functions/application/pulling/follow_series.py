"""Follow a series: the bookings of its vanished occurrences move to the new ones, before anything is made or cancelled.

When a person shifts a series, or changes "this and following", the new occurrences have new ids. Most vanished ones
stand on the same page as tombstones; of the others of the family, those that no page has shown are looked up singly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.application.ports import Tombstone
from functions.application.store import links
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import AccessRevoked, Stale
from functions.domain.model.event import Event, EventKey
from functions.domain.model.life import Active, Grace
from functions.domain.model.link import Link
from functions.domain.planning.lifecycle import Decided, Follow, after
from functions.domain.planning.projection import in_window
from functions.domain.planning.series import family, family_of_id, pair


@dataclass(slots=True)
class Shown:
    """What the pages of one pull have shown so far: ids of live events, and of removed ones."""

    live: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    all_days: bool = True  # False for a few days only: what these do not show has not vanished


def families(events: Iterable[Event], tombstones: Iterable[Tombstone]) -> dict[str, list[Event]]:
    """Group new events by the series they belong to; a single event that had been a series counts to it."""
    former = {family_of_id(each.key.id) for each in tombstones}
    grouped: dict[str, list[Event]] = {}
    for event in events:
        name = family(event.series) or (event.key.id if event.key.id in former else "")
        if name:
            grouped.setdefault(name, []).append(event)
    return grouped


def followers(
    session: SyncSession, calendar: str, name: str, appeared: list[Event], shown: Shown
) -> list[tuple[Link, Event]]:
    """Pair the links whose occurrences of this family vanished with the new ones."""
    documents = session.ports.documents
    kin = [link for link in links.every(documents, session.id, {"series": name}) if _waits(link, calendar)]
    single = links.of_event(documents, session.id, EventKey(calendar, name))  # a single event that became a series
    if single is not None and _waits(single, calendar) and single.id not in {link.id for link in kin}:
        kin.append(single)
    vanished = [link for link in kin if isinstance(link.life, Grace) or _id(link) in shown.removed]
    unknown = [link for link in kin if link not in vanished and _id(link) not in shown.live]
    pairs = pair(vanished, appeared, session.settings.timezone)
    if len(pairs) == len(appeared) or not unknown or not shown.all_days:
        return pairs
    vanished += [link for link in unknown if _vanished(session, link)]
    return pair(vanished, appeared, session.settings.timezone)


def tie(session: SyncSession, link: Link, event: Event) -> Link:
    """Tie the booking of a vanished occurrence to a new one; the time then goes the ordinary way.

    Raises `Stale` or `Conflict` where another instance was faster.
    """
    moved = after(link, Decided(Follow(event))).link
    return session.ports.documents.transact(lambda tx: links.save(tx, session.id, moved))


def _waits(link: Link, calendar: str) -> bool:
    """Whether a link's booking could follow: it is live, in this calendar, and nobody is just writing it."""
    if link.event is None or link.event.calendar != calendar or link.base is None or link.intent is not None:
        return False
    return bool(link.booking_id) and isinstance(link.life, Active | Grace)


def _id(link: Link) -> str:
    return link.event.id if link.event is not None else ""


def _vanished(session: SyncSession, link: Link) -> bool:
    if link.event is None or link.base is None or not in_window(link.base.when, session.settings, session.now()):
        return False
    found = session.read_event(link.event)
    if found.value is None and not found.vanished:
        if isinstance(session.trouble, AccessRevoked):
            raise session.trouble
        raise Stale("an occurrence of the series cannot be read just now", reason="series_unreadable")
    return found.vanished
