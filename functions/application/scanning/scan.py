"""Scans the bookings of a window: backfill, resync, and the sweeps that find what hints missed.

It takes a week or more at a time: lists the bookings, looks at each one that differs from its link (a resync: at every
one), then at links whose booking was not listed. Each task does a chunk, saves its progress and queues the next, at a
pace that leaves room in Google's 600 calls a minute. A crash repeats at most one chunk, which changes nothing twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.ports import Body, BookingRow, Documents, Ports, Transaction
from functions.application.scanning import overlaps, shared_quota
from functions.application.scanning.filling import Filling
from functions.application.scanning.listing import NEW, Listing
from functions.application.scanning.pace import Pace
from functions.application.scanning.progress import SWEEPS, Scan
from functions.application.scanning.rows import tells_of_changes
from functions.application.scanning.scan_booking import learn_mains, look, pass_by
from functions.application.store import integrations, links, parked
from functions.application.store.dialect_validation import dialect_of
from functions.application.store.integrations import path_of
from functions.application.store.progress import went_on
from functions.application.store.records import record_of, stored
from functions.application.sync import retry_event_id
from functions.application.sync.reconciled import look_at_once
from functions.application.sync.session import SyncSession
from functions.domain.model.moments import passed
from functions.domain.model.stretch import next_days
from functions.domain.model.zones import day_of
from functions.domain.pairing.life import Closed, Detached
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import Integration

AT_ONCE = 4
CHUNK_CALLS = 90
CHUNK_SECONDS = 20.0
LATE = timedelta(minutes=10)  # how late a webhook may come
COUNTED = ("looked", "changed", "failed", "unread", "unseen", "reads", "refused")
OVERLAPPING = timedelta(minutes=2)  # allowance for the difference between the two sides' clocks


def begin(
    ports: Ports,
    integration: Integration,
    kind: str,
    actor: str = "",
    scope: str = "all",
    *,
    new_settings: bool = False,
) -> Scan:
    """Start a scan, replacing an unfinished one of its kind; `scope` is all, future or none."""
    today = day_of(ports.clock(), integration.settings.timezone)
    before, ahead = integration.settings.sync.window_days
    first, last = today + timedelta(days=before), today + timedelta(days=ahead)
    if kind == "near":
        first, last = max(first, today - timedelta(days=1)), min(last, today + timedelta(days=14))
    if kind == "backfill":  # left-out bookings are recorded, or a sweep would take them for lost webhooks
        leaves_out = {"future": today, "none": date.max}.get(scope)
    else:
        backfill = current(ports.documents, integration.id, "backfill")
        leaves_out = backfill.leaves_out if backfill is not None and backfill.finished_at is None else None
        first = today if scope == "future" else first
    earlier = current(ports.documents, integration.id, kind) if kind == "full" else None
    turn, turns = earlier.next_turn() if earlier is not None else (0, 1)
    scan = Scan(kind, first, last, ports.clock(), first, actor=actor, turn=turn, turns=turns)
    scan = replace(scan, leaves_out=leaves_out, since=_since(integration, ports.clock()) if kind in SWEEPS else None)
    scan = replace(scan, new_settings=new_settings)
    save(ports.documents, integration.id, scan)
    _next(ports, integration.id, scan, ports.clock())
    return scan


def _since(integration: Integration, now: datetime) -> datetime | None:
    """Return since when changed bookings are read first: since the last sweep, if i-Reserve can list changes."""
    swept = passed(integration.near_at, now)
    if swept is None or not tells_of_changes(dialect_of(integration.dialect)):
        return None
    return swept - OVERLAPPING


def current(documents: Documents | Transaction, int_id: str, kind: str) -> Scan | None:
    """Return the progress of the last scan of a kind, or None."""
    body = documents.get(path_of(int_id, "progress", kind))
    return record_of(Scan, body, "the progress") if body is not None else None


def save(documents: Documents, int_id: str, scan: Scan) -> None:
    """Store a scan, in place of the last one of its kind."""
    documents.transact(lambda tx: tx.put(path_of(int_id, "progress", scan.kind), stored(scan)))


def run(session: SyncSession, hint: Hint) -> bool:
    """Do a chunk and queue the next; returns whether anything changed or failed.

    A worker that was overtaken, or whose scan was replaced, leaves the rest to the other.
    """
    ports = session.ports
    scan = before = current(ports.documents, session.id, hint.subject[0])
    if scan is None or scan.finished_at is not None or hint.subject[1] != scan.name:
        return False
    began, found = ports.clock(), scan.changed + scan.failed
    pace = Pace(ports, session.id)
    while True:
        look_on = _news if scan.since is not None else _week
        scan = look_on(session, hint, scan, pace, began)
        if scan.finished_at is not None or _enough(session, pace, began):
            break
    if pace.spent:
        pace.note()
    free = shared_quota.free_at(ports, session.settings.google.client_id, pace.spent) if pace.spent else ports.clock()
    # the near days are few and wait for no other integration
    due = pace.free_at() if scan.kind == "near" else max(pace.free_at(), free)
    scan = replace(scan, touched_at=due)
    if not went_on(ports.documents, path_of(session.id, "progress", scan.kind), before, scan):
        ports.log("overtaken", {"int_id": session.id, "kind": scan.kind})
    elif scan.finished_at is None:
        _next(ports, session.id, scan, due)
    else:
        _finish(session, scan)
    return scan.changed + scan.failed > found


def _enough(session: SyncSession, pace: Pace, began: datetime) -> bool:
    return pace.spent >= CHUNK_CALLS or (session.now() - began).total_seconds() > CHUNK_SECONDS


def _news(session: SyncSession, hint: Hint, scan: Scan, pace: Pace, began: datetime) -> Scan:
    """Read what changed since the last sweep, anywhere in the window."""
    if scan.since is None:
        return scan
    since, day = scan.since, day_of(scan.since, session.settings.timezone)
    changed_since = partial(session.reservations.changed_since, day, *_window(session, scan))
    listing = Listing(session, scan.kind, changed_since, scan.position, partial(_stands, session.id, scan))
    listing.list_on(lambda: _enough(session, pace, began))
    if not listing.whole:
        return replace(scan, position=listing.keep())
    looks = _Looks(session, hint, pace, began, listing)
    for page in listing.pages():
        scan, ended = looks.through(
            page, scan, lambda so_far, row: so_far if row.changed and row.changed < since else None
        )
        if ended:
            return replace(scan, position=listing.keep())
    return replace(scan, since=None, position=NEW)


@dataclass(frozen=True, slots=True)
class _Looks:
    """Looks at the bookings of a list, some at a time, for as long as a step lasts."""

    session: SyncSession
    hint: Hint
    pace: Pace
    began: datetime
    listing: Listing

    def through(
        self,
        page: list[BookingRow],
        scan: Scan,
        passed: Callable[[Scan, BookingRow], Scan | None],
        ahead: Callable[[Scan, list[BookingRow]], None] = lambda _scan, _rows: None,
    ) -> tuple[Scan, bool]:
        """Look at a page's bookings; returns whether the step has to end.

        `passed` returns the scan with a booking that needs no look, or None; `ahead` is called with those looked at next.
        """
        waiting: list[BookingRow] = []
        for number, row in enumerate(page, 1):
            without = passed(scan, row)
            if without is None:
                waiting.append(row)
            scan = without or scan
            if waiting and (len(waiting) == AT_ONCE or number == len(page)):
                self.pace.wait()
                ahead(scan, waiting)
                scan, calls = _together(self.session, self.hint, scan, waiting)
                self.pace.spend(calls)
                waiting = []
                if _enough(self.session, self.pace, self.began):
                    self.listing.passed(number)
                    return scan, True
        self.listing.passed(len(page))
        return scan, False


def _week(session: SyncSession, hint: Hint, scan: Scan, pace: Pace, began: datetime) -> Scan:
    last = min(scan.week + timedelta(days=scan.days - 1), scan.last)
    between = partial(session.reservations.between, scan.week, last)
    listing = Listing(session, scan.kind, between, scan.position, partial(_stands, session.id, scan))
    known = dict[str, Link]()
    filling = Filling(session, scan)
    more = partial(_only_linked, session, scan, last, known)
    listing.list_on(lambda: _enough(session, pace, began), more, filling.calendar_of)
    if not listing.whole:
        return replace(scan, position=listing.keep())
    if not scan.position.whole:
        scan = replace(scan, statuses=tuple(sorted({*scan.statuses, *_unlisted(session, listing.rows())})))
    if scan.kind == "full" and not scan.position.whole:
        scan = replace(scan, overlaps=overlaps.fold(scan.overlaps, listing.rows(), session))
    looks = _Looks(session, hint, pace, began, listing)
    for page in listing.pages():
        if scan.kind in ("full", "backfill"):  # a resync reads them all
            scan = learn_mains(session, scan, page)
        passed = partial(_passed_by, session, _links_of(session, scan, page, known))
        scan, ended = looks.through(page, scan, passed, filling.mark)
        if ended:
            return replace(scan, position=listing.keep())
    week = last + timedelta(days=1)
    finished = session.now() if week > scan.last else None
    days = next_days(scan.days, listing.bookings)
    return replace(scan, week=week, days=days, position=NEW, finished_at=finished)


def _passed_by(session: SyncSession, found: Mapping[str, Link], scan: Scan, row: BookingRow) -> Scan | None:
    link = found.get(row.id)
    return pass_by(session, scan, row, link) if link is not None else None


def _stands(int_id: str, scan: Scan, tx: Transaction) -> bool:
    """Whether no other scan of its kind has begun since."""
    body = tx.get(path_of(int_id, "progress", scan.kind))
    return body is not None and record_of(Scan, body, "the progress").name == scan.name


def _unlisted(session: SyncSession, rows: Iterable[BookingRow]) -> set[int]:
    """Return the statuses of coming bookings that are in no list."""
    settings, now = session.settings, session.now()
    coming = (row for row in rows if row.ends is None or row.ends > now)
    mapped = (row for row in coming if row.object_id is None or settings.calendar_of(row.object_id) is not None)
    return {row.status for row in mapped if row.status is not None} - settings.outbound.listed


def _only_linked(
    session: SyncSession, scan: Scan, last: date, known: dict[str, Link], listed: Collection[str]
) -> Iterator[str]:
    """Yield the bookings of these days that only a link has; puts the days' links into `known`, by booking."""
    for link in links.of_days(session.ports.documents, session.id, scan.week, last, links.pass_over):
        if link.booking_id in listed or (link.booking_id and not isinstance(link.life, Closed | Detached)):
            known[link.booking_id] = link
            if link.booking_id not in listed:
                yield link.booking_id


def _window(session: SyncSession, scan: Scan) -> tuple[date, date]:
    began = day_of(scan.started_at, session.settings.timezone)
    before, ahead = session.settings.sync.window_days
    return began + timedelta(days=before), began + timedelta(days=ahead)


def _links_of(
    session: SyncSession, scan: Scan, rows: list[BookingRow], known: Mapping[str, Link]
) -> Mapping[str, Link]:
    """Return the links of some rows, which only a sweep needs; those not in `known` are read together."""
    if scan.kind not in SWEEPS:
        return {}
    unknown = [row.id for row in rows if row.id not in known]
    if not unknown:
        return known
    return {**known, **links.of_bookings(session.ports.documents, session.id, unknown, links.pass_over)}


def _together(session: SyncSession, hint: Hint, scan: Scan, rows: list[BookingRow]) -> tuple[Scan, int]:
    """Look at some bookings in parallel: one by one, both sides answer more slowly than Google's pace allows."""
    done = session.ports.in_parallel([partial(look, session, hint, scan, row) for row in rows])
    counts: dict[str, Any] = {
        name: getattr(scan, name) + sum(getattr(after, name) - getattr(scan, name) for after, _ in done)
        for name in COUNTED
    }
    return replace(scan, **counts), sum(calls for _, calls in done)


def _finish(session: SyncSession, scan: Scan) -> None:
    def swept(before: Integration) -> Integration:
        whole, seen = _is_whole(session, scan), before.seeing(scan.statuses, first=scan.kind != "near")
        near = replace(seen, near_at=scan.started_at) if whole or scan.kind in SWEEPS else seen
        return replace(near, swept_at=scan.started_at) if whole else near

    if not scan.unseen:
        integrations.change(session.ports.documents, session.id, swept, wakes=False)  # its round decides
    retry_event_id.asked(session, scan.kind, scan.refused)
    if scan.kind in ("full", "resync"):
        # no list need show them: their booking may be gone, without a day that both sides agreed on, or out of the window
        for link in links.left_open(session.ports.documents, session.id, session.now()):
            look_at_once(session.ports, session.id, link, scan.kind)
    if scan.kind == "full":
        overlaps.keep(session, scan.overlaps, scan.started_at)
    fields = {"int_id": session.id, "kind": scan.kind, "looked": scan.looked, "changed": scan.changed}
    session.ports.log("sweep_done", {**fields, "failed": scan.failed, "unread": scan.unread, "unseen": scan.unseen})


def _is_whole(session: SyncSession, scan: Scan) -> bool:
    """Whether a scan covered the whole window; a resync may begin today."""
    before, ahead = _window(session, scan)
    return scan.kind != "near" and scan.first <= before and scan.last >= ahead


def last_of(documents: Documents, int_id: str, *kinds: str) -> list[Scan | None]:
    """Return the progress of the last scan of each kind, read together."""
    bodies = documents.several([path_of(int_id, "progress", kind) for kind in kinds])
    return [record_of(Scan, body, "the progress") if body is not None else None for body in bodies]


def left_out_at(last: Scan | None) -> datetime | None:
    """Return when the last scan began, if it had to leave bookings out: another one does not start at once."""
    return last.started_at if last is not None and last.finished_at is not None and last.unseen else None


def backfills(session: SyncSession) -> bool:
    """Whether a backfill is running, or ended so recently that a webhook from that time may still arrive."""
    backfill = current(session.ports.documents, session.id, "backfill")
    return backfill is not None and (backfill.finished_at is None or session.now() - backfill.finished_at < LATE)


def go_on(ports: Ports, int_id: str, scan: Scan) -> None:
    """Queue the next chunk of a scan whose task was lost."""
    look_again(ports.tasks, _hint(ports, int_id, scan), ports.clock(), "stuck", lane=scan.lane)


def parked_as(ports: Ports, int_id: str, scan: Scan) -> tuple[str, Body] | None:
    """Return the parked item of a scan that cannot go on, with its id, or None."""
    return parked.find(ports, _hint(ports, int_id, scan)) if scan.finished_at is None else None


def _hint(ports: Ports, int_id: str, scan: Scan) -> Hint:
    return Hint(Kind.SCAN, int_id, (scan.kind, scan.name), scan.kind, ports.clock(), actor=scan.actor)


def _next(ports: Ports, int_id: str, scan: Scan, due: datetime) -> None:
    hint, began = _hint(ports, int_id, scan), scan.started_at.timestamp()
    look_again(ports.tasks, hint, due, f"chunk-{scan.since}-{scan.week}-{scan.position}", bucket=began, lane=scan.lane)
