"""The plan of an integration: what activation, or changed settings, would do. Neither side is written to.

Counts first, then a line per booking, and the mails that guests would get. A large integration takes several steps; the
plan records its progress.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from functions.application.intake.hints import SETTINGS, Hint, Kind
from functions.application.ports import Body, BookingRow, Ports, Transaction
from functions.application.scanning.listing import NEW, Listing, Position
from functions.application.scanning.rows import is_left_out
from functions.application.setting_up import consent
from functions.application.setting_up.replaced import replaced
from functions.application.store import integrations, links
from functions.application.store.integrations import path_of
from functions.application.store.journal import changed, name_of
from functions.application.store.once import change_once
from functions.application.store.records import body_of, record_of, stored
from functions.application.sync.guest_mails import mails_about
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import Reconciled
from functions.application.sync.session import SyncSession, open_session
from functions.domain.model.errors import AccessRevoked, SyncError
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Snapshot
from functions.domain.model.stretch import WEEK, next_days
from functions.domain.model.zones import day_of, midnight
from functions.domain.pairing.link import Link
from functions.domain.pairing.writes import PatchEvent, Why, Write
from functions.domain.planning.plan_new_event import eligible
from functions.domain.planning.view import View
from functions.domain.settings.integration import ACTIVATED, Integration, Phase
from functions.domain.settings.schema import Settings

LONGEST = timedelta(seconds=18)  # of one step; what has begun by then is finished
AT_ONCE = 8
MOST_LINES, MOST_STEPS = 1000, 2000  # shown: a document has room for a million bytes
ROOM = 300_000  # likewise: characters of the events' ids, which can have a thousand each
NOT_KEPT = "changed settings"  # the owner of a plan that is shown once
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan. `counts` by what would be done; `lines` hold ids, times and field names, no texts."""

    at: datetime
    first: date
    last: date
    week: date
    position: Position = NEW  # in the list of the next `days`
    days: int = WEEK
    listed: bool = False  # all bookings have been looked at
    calendar: int = 0  # then: the calendar, page and event to look for new events next
    page: str = ""
    event: int = 0
    complete: bool = False
    looked: int = 0
    in_step: int = 0
    mails: int = 0
    left: int = 0  # pairs whose object no longer has a calendar: their events stay unless somebody says otherwise
    counts: dict[str, int] = field(default_factory=dict)
    unlisted: dict[str, int] = field(default_factory=dict)  # bookings without an event, by a status that no list names
    resting: dict[str, int] = field(default_factory=dict)  # bookings that stay as they are, by the reason
    lines: list[Body] = field(default_factory=list)
    more_lines: int = 0
    settings_revision: int = -1  # of the settings it was made with
    leaves_out: date | None = None  # bookings without a pair before this day get no event until they change


def current(ports: Ports, int_id: str) -> Plan | None:
    """Return the last plan, or None."""
    integrations.get(ports.documents, int_id)
    body = ports.documents.get(path_of(int_id, "progress", "plan"))
    return record_of(Plan, body, "the plan") if body is not None else None


def refresh(ports: Ports, int_id: str, *, go_on: bool = False) -> Plan:
    """Work for some seconds on a plan, a new or an unfinished one, and store it; if another request did meanwhile, return that one."""
    integration = consent.named(ports, integrations.get(ports.documents, int_id))
    path = path_of(int_id, "progress", "plan")
    there = ports.documents.get(path)
    before = record_of(Plan, there, "the plan") if go_on and there is not None else None
    if before is not None and (before.complete or before.settings_revision != integration.settings_revision):
        before = None
    plan = make(ports, integration, before, stands=lambda tx: tx.get(path) == there)
    after, expires = stored(plan), ports.clock() + KEPT

    def put(now: Body | None) -> tuple[Body | None, bool]:
        return (after, True) if now == there else (None, False)

    saved = change_once(ports.documents, path, put, expires=expires)
    return plan if saved else current(ports, int_id) or plan


def with_settings(ports: Ports, integration: Integration, settings: Settings) -> Plan:
    """Return what these settings would do to existing events and bookings.

    It is not stored, so its lines may show texts, before and after.
    """
    former = integration.settings
    return make(ports, replace(integration, settings=settings), None, owner=NOT_KEPT, former=former)


def make(
    ports: Ports,
    integration: Integration,
    before: Plan | None,
    *,
    owner: str = "plan",
    former: Settings | None = None,
    stands: Callable[[Transaction], bool] = lambda _tx: True,
) -> Plan:
    """Look for some seconds at the bookings of the window, and at new events that would become bookings.

    Bookings under way are finished, so a step takes at most LONGEST and the time of AT_ONCE bookings. `before` is the
    plan to continue; `former` are the settings that those of `integration` would replace. Lists are kept only while the
    plan still `stands`.
    """
    session = open_session(ports, replace(integration, phase=Phase.ACTIVE))
    began = ports.clock()
    plan = before or _blank(integration, began)
    while not plan.listed and not _over(ports, began):
        plan = _week(session, plan, began, former, (owner, stands))
    inbound = integration.settings.inbound
    if not plan.listed:
        return plan
    if inbound.enabled and (inbound.import_existing or integration.activated_at is not None):
        return _new_events(session, integration, plan, began)
    return replace(plan, complete=True)


def _over(ports: Ports, began: datetime) -> bool:
    return ports.clock() - began >= LONGEST


def _week(
    session: SyncSession,
    plan: Plan,
    began: datetime,
    former: Settings | None,
    kept: tuple[str, Callable[[Transaction], bool]],
) -> Plan:
    ports, (owner, stands), source = session.ports, kept, "plan" if former is None else SETTINGS
    last = min(plan.week + timedelta(days=plan.days - 1), plan.last)
    listing = Listing(session, owner, partial(session.reservations.between, plan.week, last), plan.position, stands)
    listing.list_on(lambda: _over(ports, began))
    if not listing.whole:
        return replace(plan, position=listing.keep())
    for page in listing.pages():
        known = links.of_bookings(ports.documents, session.id, [row.id for row in page], links.pass_over)
        for first in range(0, len(page), AT_ONCE):
            rows = page[first : first + AT_ONCE]
            looks = [partial(_look, session.again(), row, known.get(row.id), plan.leaves_out, source) for row in rows]
            for row, outcome in zip(rows, ports.in_parallel(looks), strict=True):
                plan = _passed(session, plan, row) if outcome is None else _add(session, plan, row.id, outcome, former)
            listing.passed(len(rows))
            if _over(ports, began):
                return replace(plan, position=listing.keep())
    week = last + timedelta(days=1)
    days = next_days(plan.days, listing.bookings)
    return replace(plan, week=week, days=days, position=NEW, listed=week > plan.last)


def _blank(integration: Integration, now: datetime) -> Plan:
    today = day_of(now, integration.settings.timezone)
    before, ahead = integration.settings.sync.window_days
    backfill = integration.settings.sync.backfill
    leaves_out = {"future": today, "none": date.max}.get(backfill) if integration.phase not in ACTIVATED else None
    whole = integration.activated_at is not None or backfill != "future"
    first = today + timedelta(days=before) if whole else today
    left_out = integration.activated_at is None and backfill == "none"
    last, revision = today + timedelta(days=ahead), integration.settings_revision
    return Plan(now, first, last, first, listed=left_out, settings_revision=revision, leaves_out=leaves_out)


def _passed(session: SyncSession, plan: Plan, row: BookingRow) -> Plan:
    """Count a booking that needs no event; a status in no list is counted separately: it may be an oversight."""
    plan = replace(plan, looked=plan.looked + 1)
    if row.status is None or row.status in session.settings.outbound.listed:
        return replace(plan, in_step=plan.in_step + 1)
    return replace(plan, unlisted=dict(Counter(plan.unlisted) + Counter([str(row.status)])))


def _look(
    session: SyncSession, row: BookingRow, link: Link | None, leaves_out: date | None, source: str
) -> Reconciled | SyncError | None:
    """Return what would be done for a booking; None if the row shows that it has, and needs, no event.

    Without its link, which could not be read with the others, the answer is why.
    """
    if link is None:
        try:
            link = links.of_booking(session.ports.documents, session.id, row.id)
        except links.Unreadable as error:
            return error
    if row.status is not None and row.status not in session.settings.outbound.made_on and link.version == 0:
        return None
    if is_left_out(session, row, link, leaves_out):
        return None
    hint = Hint(Kind.BOOKING, session.id, (row.id,), source, session.now(), confirm=True)
    try:
        return reconcile(session, hint, link, rehearse=True)
    except AccessRevoked:
        raise
    except SyncError as error:
        return error


def _add(
    session: SyncSession, plan: Plan, name: str, outcome: Reconciled | SyncError, former: Settings | None = None
) -> Plan:
    if isinstance(outcome, SyncError):
        line: Body = {"booking_id": name, "steps": [], "trouble": outcome.reason}
        return _with_line(replace(plan, looked=plan.looked + 1), line, Counter(["trouble"]))
    writes, steps = outcome.writes, list(outcome.steps)
    adopted = "settle" in steps and "look" in steps and outcome.link.event is not None
    if not writes and not adopted:
        resting = Counter(plan.resting) + Counter([outcome.rest.why.value])
        return replace(plan, looked=plan.looked + 1, in_step=plan.in_step + 1, resting=dict(resting))
    did = [kind_of(write) for write in writes]
    if adopted and "make" not in did and "make_booking" not in did:
        did.insert(0, "adopt")
    line = {
        "booking_id": name if not name.startswith("event ") else "",
        "does": did,
        "steps": [_step(w, outcome.before, former, session.digest) for w in writes],
    }
    view = outcome.before
    mails = sum(mails_about(session.settings, view, write) for write in writes) if view is not None else 0
    plan = replace(plan, looked=plan.looked + 1, mails=plan.mails + mails)
    return _with_line(plan, line, Counter(set(did)))


def _step(write: Write, before: View | None, former: Settings | None, digest: Callable[[str], str]) -> Body:
    """Return a step with what it replaces: `was` has the former time, object and status, if they change.

    For changed settings, `reads` has the texts and other fields, old and new (`replaced`).
    """
    change = changed(write)
    base = body_of(before.link.base) if before is not None and before.link.base is not None else {}
    was = {name: base[name] for name in ("when", "object_id", "status") if name in change and name in base}
    body = {"step": name_of(write), "why": write.why.value, **change, **({"was": was} if was else {})}
    if former is not None and before is not None and isinstance(write, PatchEvent):
        reads = {name: list(pair) for name, pair in replaced(write, before, former, digest).items()}
        body |= {"reads": reads} if reads else {}
    return body


def kind_of(write: Write) -> str:
    """Return the key of the console's text that says what a write does."""
    if write.why is Why.WRITE_BACK:
        return "write_id"
    return {
        "event.insert": "make",
        "event.revive": "make",
        "event.patch": "change",
        "event.move": "move",
        "event.delete": "remove",
        "booking.write": "change_booking",
        "booking.make": "make_booking",
    }[write.kind]


def _with_line(plan: Plan, line: Body, did: Counter[str]) -> Plan:
    counts = dict(Counter(plan.counts) + did)
    if len(plan.lines) < MOST_LINES and _fits([*plan.lines, line]):
        return replace(plan, counts=counts, lines=[*plan.lines, line])
    return replace(plan, counts=counts, more_lines=plan.more_lines + 1)


def _fits(lines: list[Body]) -> bool:
    steps = [step for each in lines for step in each["steps"]]
    return len(steps) <= MOST_STEPS and sum(len(step.get("event", "")) for step in steps) <= ROOM


def _new_events(session: SyncSession, integration: Integration, plan: Plan, began: datetime) -> Plan:
    """Add people's events that would become bookings, as time allows."""
    zone, days_before = integration.settings.timezone, integration.settings.sync.window_days[0]
    start = midnight(day_of(plan.at, zone) + timedelta(days=days_before), zone)  # whatever the backfill leaves out
    end = midnight(plan.last + timedelta(days=1), zone)
    calendars = [
        calendar
        for calendar in integration.settings.calendars
        if integration.settings.object_for_new_event(calendar) is not None
    ]
    for number, calendar in enumerate(calendars[plan.calendar :], plan.calendar):
        while True:
            found = session.calendars.between(calendar, start, end, page=plan.page)
            for place, event in enumerate(found.items[plan.event :], plan.event + 1):
                if isinstance(event, Event) and eligible(event, session.planning_context()):
                    plan = _new_event(session, plan, event)
                    if _over(session.ports, began):
                        return replace(plan, event=place)
            plan = replace(plan, page=found.next_page, event=0)
            if not found.next_page:
                break
            if _over(session.ports, began):
                return plan
        plan = replace(plan, calendar=number + 1)
    return replace(plan, complete=True)


def _new_event(session: SyncSession, plan: Plan, event: Event) -> Plan:
    if event.mark.int_id == session.id:
        return plan
    hint = Hint(Kind.EVENT, session.id, (event.key.calendar, event.key.id), "plan", session.now())
    try:
        if links.of_event(session.ports.documents, session.id, event.key) is not None:
            return plan
        link = links.for_new_event(session.ports.documents, session.id, event)
        outcome: Reconciled | SyncError = reconcile(session, hint, link, event=Snapshot.of(event), rehearse=True)
    except SyncError as error:
        outcome = error
    return _add(session, plan, f"event {event.key.id}", outcome)
