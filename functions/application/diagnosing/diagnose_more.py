"""More checks of the diagnosis: settings, clocks, addresses, age and speed, statuses, overlaps, validation."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from statistics import median
from typing import Protocol, runtime_checkable

from functions.application.ports import BookingRow
from functions.application.scanning import overlaps
from functions.application.scanning.rows import rows_of
from functions.application.setting_up import partial_settings
from functions.application.store import calendars, journal_read
from functions.application.sync.session import SyncSession
from functions.domain.model.check import Check
from functions.domain.model.errors import SyncError
from functions.domain.model.messages import counted, listed, say
from functions.domain.model.zones import clock, day_of
from functions.domain.settings.integration import RUNNING, Phase

SKEW_AMBER, SKEW_RED = timedelta(seconds=10), timedelta(seconds=60)
SILENT_AMBER, SILENT_RED = timedelta(minutes=40), timedelta(hours=2)
NIGHTLY = timedelta(hours=48)
BEHIND = timedelta(minutes=2)
SLOW = 60.0  # seconds, of the median change
LOOKED, MOST, AHEAD = 20, 200, timedelta(days=14)
NAMED = 3  # overlaps of a calendar


@runtime_checkable
class Queue(Protocol):
    """A queue that knows when its first task is due. Cloud Tasks does not; its own console shows it."""

    def next_due(self) -> datetime | None:
        """Return when the first waiting task is due, or None."""


def _settings(session: SyncSession) -> Iterator[Check]:
    faults = partial_settings.open_faults(session.ports, session.settings)
    if faults:
        level = "amber" if session.integration.phase is Phase.DRAFT else "red"
        says = counted(len(faults), "{} setting is missing or wrong", "{} settings are missing or wrong")
        yield Check("settings", level, says, "the activation page lists them", "activate")
    else:
        yield Check("settings", "green", "the settings are complete")


def _clock(session: SyncSession) -> Iterator[Check]:
    try:
        theirs = session.ports.outside.clock_of("")
    except SyncError:
        return  # an unreachable Google has its own finding
    if theirs is None:
        return
    skew = abs(session.now() - theirs)
    says = say("this clock and Google's differ by {} s", f"{skew.total_seconds():.0f}")
    level = "red" if skew > SKEW_RED else "amber" if skew > SKEW_AMBER else "green"
    yield Check("clock", level, says, "" if level == "green" else "set the clock of this machine by NTP")


def _address(session: SyncSession) -> Iterator[Check]:
    address = session.ports.addresses.webhook
    try:
        session.ports.outside.clock_of(f"{address}/health")
    except SyncError as error:
        says = say("the webhook address {} does not answer from here ({})", address, error)
        yield Check("address", "amber", says, "check BASE_URL, and that the address is public")
    else:
        yield Check("address", "green", say("the webhook address {} answers", address))


def _recent(session: SyncSession) -> Iterator[Check]:
    now, integration = session.now(), session.integration
    if integration.phase not in RUNNING:
        return
    if session.settings.inbound.enabled:
        mapped = session.settings.calendars
        states = calendars.states_of(session.ports.documents, session.id, mapped)
        for calendar, state in zip(mapped, states, strict=True):
            as_of = state.as_of
            if as_of is not None and not (state.sync_token or state.listing or state.lease):
                says = say("{} is listed in full each time: what answers for Google gives no sync token", calendar)
                mend = "use Google Calendar itself; a substitute must be listed in full at each change"
                yield Check("pull", "amber", says, mend, subject=calendar)
            level = _level(_since(now, integration.awaited_since(as_of)), SILENT_AMBER, SILENT_RED)
            says = (
                say("{} was last read {}", calendar, moment_of(session, as_of))
                if as_of
                else say("{} has not been read yet", calendar)
            )
            mend = "" if level == "green" else "search now; if it stays, look at the parked items"
            yield Check("pull", level, says, mend, "" if level == "green" else "sweep", calendar)
    near = timedelta(minutes=session.settings.sync.sweep_minutes)
    compared, swept = (_since(now, integration.awaited_since(at)) for at in (integration.near_at, integration.swept_at))
    level = _level(compared, 3 * near + timedelta(minutes=2), timedelta(days=1))
    if level == "green" and _level(swept, NIGHTLY, 10 * NIGHTLY) != "green":
        level = "amber"
    says = say(
        "near days compared {}, all days {}",
        moment_of(session, integration.near_at),
        moment_of(session, integration.swept_at),
    )
    mend = "" if level == "green" else "search now; if it stays, check that the scheduler runs"
    yield Check("sweep", level, says, mend, "" if level == "green" else "sweep")


def _queue(session: SyncSession) -> Iterator[Check]:
    if session.integration.phase not in RUNNING:
        return
    if isinstance(session.ports.tasks, Queue):
        due = session.ports.tasks.next_due()
        late = session.now() - due if due is not None else timedelta()
        if late > BEHIND:
            says = say("the queue is {} minutes behind", f"{late.total_seconds() / 60:.0f}")
            yield Check("queue", "red", says, "check that the program runs and its log shows no errors")
        else:
            yield Check("queue", "green", "the queue is on time")
    lags = [seconds for _, seconds in journal_read.latest_delays(session.ports, session.id, LOOKED)]
    if lags:
        usual, n = median(lags), len(lags)
        seconds = f"{usual:.1f}"
        says = say("of the last {} changes, half took at most {} s", n, seconds)
        if n == 1:
            says = say("the last change took {} s", seconds)
        mend = "check whether i-Reserve or Google answers slowly" if usual > SLOW else ""
        yield Check("lag", "amber" if usual > SLOW else "green", says, mend)


def _statuses(session: SyncSession) -> Iterator[Check]:
    today = day_of(session.now(), session.settings.timezone)
    try:
        rows = rows_of(session, today, today + AHEAD, MOST).values()
    except SyncError:
        return  # an unreadable i-Reserve has its own finding
    settings = session.settings
    synced = [row for row in rows if row.object_id is None or settings.calendar_of(row.object_id) is not None]
    live = Counter(row.status for row in synced if row.status is not None)
    names = {code: name for name, code in session.dialect.status_names}
    shown = ", ".join(
        f"{count} x {status} ({names[status]})" if status in names else f"{count} x {status}"
        for status, count in sorted(live.items())
        if status not in {*settings.outbound.listed, *session.integration.statuses_left}
    )
    cut = len(rows) >= MOST
    if shown and cut:
        says = say(
            "of the first {} bookings in the coming two weeks these get no event, because no list names their status: {}",
            len(rows),
            shown,
        )
    elif shown:
        says = counted(
            len(synced),
            "of {} booking in the coming two weeks this gets no event, because no list names its status: {}",
            "of {} bookings in the coming two weeks these get no event, because no list names their status: {}",
            shown,
        )
    if shown:
        yield Check("statuses", "amber", says, "add the status to Create on status, or to Delete on status", "outbound")
    elif live:
        says = "the lists name every status of the coming two weeks"
        if cut:
            says = say("the lists name every status of the first {} bookings of the coming two weeks", len(rows))
        yield Check("statuses", "green", says)
    yield from _overlaps(session, synced, today, len(rows) if cut else None)


def _overlaps(session: SyncSession, rows: Iterable[BookingRow], today: date, first: int | None) -> Iterator[Check]:
    """Name, per calendar, the bookings that overlap; grey if the number of places is not known.

    `first`: so many bookings were looked at, and there are more.
    """
    found = overlaps.among(session, rows, today)
    of_calendar: dict[str, list[overlaps.Overlap]] = {}
    for each in found:
        of_calendar.setdefault(session.settings.calendar_of(each.object_id) or "", []).append(each)
    for calendar, there in sorted(of_calendar.items()):
        known = any(each.places is not None for each in there)
        named = listed(say("{}: {}", f"{each.day:%d-%m-%Y}", ", ".join(each.bookings)) for each in there[:NAMED])
        says = say("overlapping bookings in the coming two weeks: {} ({})", len(there), named)
        if first is not None:
            among = "overlapping among the first {} bookings of the coming two weeks: {} ({})"
            says = say(among, first, len(there), named)
        mend = "move or cancel one of each" if known else "look at these days where the object has one place"
        yield Check("overlap", "amber" if known else "grey", says, mend, "day", calendar)


def _validation(session: SyncSession) -> Iterator[Check]:
    if "write_validates" not in session.dialect.known:
        return
    if session.dialect.write_validates:
        yield Check("validation", "green", "i-Reserve refuses this user a booking that conflicts")
        return
    says = "i-Reserve lets this user save bookings that conflict, so it refuses no move onto a taken slot"
    mend = "take the right action_booking_override away from the user's profile, then probe again"
    yield Check("validation", "red", says, mend, "ireserve")


def _level(age: timedelta | None, amber: timedelta, red: timedelta) -> str:
    if age is None or age > amber:
        return "red" if age is not None and age > red else "amber"
    return "green"


def _since(now: datetime, moment: datetime | None) -> timedelta | None:
    return now - moment if moment is not None else None


def moment_of(session: SyncSession, moment: datetime | None) -> str:
    """Return a moment on the integration's clock, such as 24-11-2026 09:00; a dash for None."""
    return f"{clock(moment, session.settings.timezone):%d-%m-%Y %H:%M}" if moment is not None else "–"


MORE = (_settings, _clock, _address, _recent, _queue, _statuses, _validation)  # they need nothing from the others
