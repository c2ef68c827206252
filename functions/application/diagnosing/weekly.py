"""The weekly mail: the past week by the journal, what waits now, and the last audit. Only overlaps need i-Reserve."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median

from functions.application.diagnosing import alerts
from functions.application.diagnosing.diagnose_more import AHEAD, MOST
from functions.application.ports import Ports
from functions.application.scanning import overlaps
from functions.application.scanning.rows import rows_of
from functions.application.store import journal_read
from functions.application.store.integrations import path_of
from functions.application.store.journal_read import MOST_LOOKED_AT, Selection, delays
from functions.application.sync.session import open_session
from functions.domain.model.errors import SyncError
from functions.domain.model.zones import at, clock, day_of, days_later
from functions.domain.pairing.life import State
from functions.domain.settings.integration import Integration

MORNING = time(7)  # of Monday, local
WEEK = 7
TEXT = {
    "nl": {
        "title": "de week van {first} tot en met {last}",
        "carried": "Overgebrachte reserveringen: {bookings}, wijzigingen: {changes}.",
        "most": "Geteld zijn de laatste {changes} wijzigingen; het waren er meer.",
        "lag": "De helft was binnen {median} s over, de traagste na {slowest} s.",
        "refused": "Geweigerd: {n}.",
        "waiting": "Wacht op u: {n}.",
        "overlaps": "Overlappende reserveringen in de komende twee weken: {n}.",
        "overlaps_among": "Overlappingen onder de eerste {among} reserveringen van de komende twee weken: {n}.",
        "audit": "Verschillen bij de controle van {day}: {n}.",
        "no_audit": "Er was nog geen controle.",
        "unknown": "onbekend, i-Reserve was niet te lezen",
    },
    "en": {
        "title": "the week from {first} to {last}",
        "carried": "Bookings carried over: {bookings}, changes: {changes}.",
        "most": "The last {changes} changes are counted; there were more.",
        "lag": "Half of them took at most {median} s, the slowest {slowest} s.",
        "refused": "Refused: {n}.",
        "waiting": "Waiting for you: {n}.",
        "overlaps": "Overlapping bookings in the coming two weeks: {n}.",
        "overlaps_among": "Overlaps among the first {among} bookings of the coming two weeks: {n}.",
        "audit": "Differences in the audit of {day}: {n}.",
        "no_audit": "There was no audit yet.",
        "unknown": "unknown, i-Reserve could not be read",
    },
}


@dataclass(frozen=True, slots=True)
class Week:
    """The figures of the seven local days before `until` (aware). Lags in seconds; None: there were no changes.

    `overlaps` None: i-Reserve could not be read. They are those among the first `overlaps_among` bookings; None: all. `cut`:
    there were more changes than were counted.
    """

    since: datetime
    until: datetime
    bookings: int
    changes: int
    median: float | None
    slowest: float | None
    refused: int
    waiting: int
    overlaps: int | None
    overlaps_among: int | None
    cut: bool


def send(ports: Ports, integration: Integration) -> list[datetime]:
    """Send last week's mail once; returns when to look again. None is sent before a whole week has passed."""
    where = integration.settings.alerts
    if not where.weekly_report or not where.email:
        return []
    now, zone = ports.clock(), integration.settings.timezone
    monday = _last_monday(now, zone)
    if _sent(ports, integration) != monday.isoformat():
        if not alerts.claim(ports, integration.id, "weekly", new=True):
            return [now + alerts.AGAIN]
        done = _is_sent(ports, integration, monday)
        alerts.settle(ports, integration.id, "weekly", is_open=False)
        if not done:
            return [now + alerts.AGAIN]
    return [days_later(monday, WEEK, zone)]


def _sent(ports: Ports, integration: Integration) -> str:
    """Return the Monday of the last mail, or ""."""
    body = ports.documents.get(path_of(integration.id, "progress", "weekly")) or {}
    return str(body.get("monday", ""))


def _is_sent(ports: Ports, integration: Integration, monday: datetime) -> bool:
    """Send the mail unless another worker has done so meanwhile; returns False if it must be tried again."""
    last, path = _sent(ports, integration), path_of(integration.id, "progress", "weekly")
    if last == monday.isoformat():
        return True
    if last and not alerts.mail(ports, integration, "weekly", *_said(integration, week(ports, integration, monday))):
        return False
    ports.documents.transact(lambda tx: tx.put(path, {"monday": monday.isoformat()}))
    return True


def week(ports: Ports, integration: Integration, until: datetime) -> Week:
    """Return the figures of the week before a moment."""
    since = days_later(until, -WEEK, integration.settings.timezone)
    selection = Selection(since=since, until=until)
    entries, more = journal_read.selected(ports, integration.id, selection, limit=MOST_LOOKED_AT)
    done = [entry for entry in entries if entry["outcome"] == "done" and entry["booking_id"]]
    found, looked = _overlaps(ports, integration)
    lags = [seconds for _, seconds in delays(done)]
    return Week(
        since,
        until,
        bookings=len({entry["booking_id"] for entry in done}),
        changes=len(done),
        median=median(lags) if lags else None,
        slowest=max(lags, default=None),
        refused=sum(entry["outcome"] == "refused" for entry in entries),
        waiting=_waiting(ports, integration),
        overlaps=found,
        overlaps_among=looked,
        cut=bool(more),
    )


def _waiting(ports: Ports, integration: Integration) -> int:
    links, parked = path_of(integration.id, "links"), ports.documents.count(path_of(integration.id, "parked"))
    return parked + sum(ports.documents.count(links, {"state": each.value}) for each in (State.HELD, State.PAUSED))


def _overlaps(ports: Ports, integration: Integration) -> tuple[int | None, int | None]:
    """Return how many overlaps there are, and among how many bookings if there are more than that."""
    session = open_session(ports, integration)
    today = day_of(session.now(), integration.settings.timezone)
    try:
        rows = rows_of(session, today, today + AHEAD, MOST).values()
    except SyncError:
        return None, None
    return len(overlaps.among(session, rows, today)), len(rows) if len(rows) >= MOST else None


def _said(integration: Integration, week: Week) -> tuple[str, str]:
    """Return title and text in the integration's language."""
    zone, words = integration.settings.timezone, TEXT[integration.settings.language]
    comma = "," if integration.settings.language == "nl" else "."

    def day(moment: datetime) -> str:
        return f"{clock(moment, zone):%d-%m-%Y}"

    def number(seconds: float) -> str:
        return f"{seconds:.1f}".replace(".", comma)

    lines = [words["carried"].format(bookings=week.bookings, changes=week.changes)]
    if week.cut:
        lines.append(words["most"].format(changes=week.changes))
    if week.median is not None and week.slowest is not None:
        lines.append(words["lag"].format(median=number(week.median), slowest=number(week.slowest)))
    lines += [words["refused"].format(n=week.refused), words["waiting"].format(n=week.waiting)]
    overlapping = "overlaps" if week.overlaps_among is None else "overlaps_among"
    n = words["unknown"] if week.overlaps is None else week.overlaps
    lines.append(words[overlapping].format(n=n, among=week.overlaps_among))
    audited = integration.audited_at
    found = words["audit"].format(day=day(audited), n=integration.audit_found) if audited else words["no_audit"]
    lines.append(found)
    last = days_later(week.until, -1, zone)
    return words["title"].format(first=day(week.since), last=day(last)), "\n".join(lines)


def _last_monday(now: datetime, zone: str) -> datetime:
    """Return the last Monday 07:00 local that has passed, as aware UTC."""
    today = day_of(now, zone)
    monday = at(today - timedelta(days=today.weekday()), MORNING, zone)
    return monday if monday <= now else days_later(monday, -WEEK, zone)
