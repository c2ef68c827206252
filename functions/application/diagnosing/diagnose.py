"""Diagnostics: each check green, grey, amber or red, with what was tested and what to do."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from functions.application.diagnosing.diagnose_more import MORE, moment_of
from functions.application.ports import Body, CalendarEntry, Ports
from functions.application.probing import record
from functions.application.pulling import events_without_booking
from functions.application.scanning import scan
from functions.application.setting_up import consent
from functions.application.setting_up.setup import SCOPES
from functions.application.store import calendars, integrations
from functions.application.store.calendars import CalendarState
from functions.application.store.integrations import path_of
from functions.application.store.records import readable
from functions.application.store.stopped import google_mend
from functions.application.sync import retry_event_id
from functions.application.sync.session import SyncSession, note_withdrawn, open_session, within_reach
from functions.application.watching import channels, key_rotation
from functions.domain.model.addresses import guest_address
from functions.domain.model.check import Check
from functions.domain.model.errors import AccessRevoked, Cause, Malformed, SyncError
from functions.domain.model.messages import counted, say
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.life import State
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import COLOURS, is_room

ADDRESS = re.compile(r"(?<![^\s@,;()])[^\s@,;()]+@[^\s@,;()]+")

WEEK = 7  # nights within which every booking's texts should have been read
ID_LENGTH = 32  # characters of this service's event ids


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All checks. `in_sync_as_of` and `near_days_compared_at` are aware UTC."""

    at: datetime
    phase: str
    checks: tuple[Check, ...]
    in_sync_as_of: datetime | None
    near_days_compared_at: datetime | None
    links: int
    open_items: int

    @property
    def level(self) -> str:
        """The worst level of all checks."""
        levels = {check.level for check in self.checks}
        return next((level for level in ("red", "amber") if level in levels), "green")


def diagnose(ports: Ports, int_id: str) -> Diagnosis:
    """Check everything about one integration over the real connections; an error is a finding, never an exception."""
    integration = consent.named(ports, integrations.get(ports.documents, int_id))
    session = open_session(ports, integration)
    checks = [check for section in SECTIONS for check in _told(section, session)]
    return Diagnosis(
        at=ports.clock(),
        phase=integration.phase.value,
        checks=tuple(dict.fromkeys(checks)),
        in_sync_as_of=readable(lambda: in_sync_as_of(session))[0],
        near_days_compared_at=integration.near_at,
        links=ports.documents.count(path_of(int_id, "links")),
        open_items=ports.documents.count(path_of(int_id, "parked")),
    )


def _told(section: Callable[[SyncSession], Iterable[Check]], session: SyncSession) -> Iterator[Check]:
    """Yield the checks of a section; one that meets a record that it cannot read ends with that."""
    try:
        yield from section(session)
    except Malformed as error:
        yield Check("store", "red", str(error))


def anonymous(text: str) -> str:
    """Return a finding without full addresses, for a support ticket."""
    return ADDRESS.sub(lambda address: f"{address.group()[:3]}…", text)


def in_sync_as_of(session: SyncSession) -> datetime | None:
    """Return the moment as of which both sides are in sync; None: not yet, or nothing is written (draft, shadow).

    It is the earliest of the starts of each calendar's last fully applied pull and of the last complete sweep.
    """
    if session.integration.phase in (Phase.DRAFT, Phase.SHADOW):
        return None
    moments = [session.integration.swept_at]
    if session.settings.inbound.enabled:
        states = calendars.states_of(session.ports.documents, session.id, session.settings.calendars)
        moments += [state.as_of for state in states]
    known = [moment for moment in moments if moment is not None]
    return min(known) if len(known) == len(moments) else None


def _phase(session: SyncSession) -> list[Check]:
    phase = session.integration.phase
    if session.integration.trouble:
        return [Check("state", "red", "stopped: nothing is synchronised until both sides accept the connection again")]
    says = {
        Phase.ACTIVE: Check("state", "green", "active"),
        Phase.SHADOW: Check("state", "amber", "in shadow: plans and journals, writes nothing", act="activate"),
        Phase.PAUSED: Check("state", "amber", "paused: nothing is written", "resume it when you are ready", "activate"),
        Phase.DRAFT: Check("state", "amber", "not active", "activate it when the settings are right", "activate"),
    }
    return [says[phase]]


def _google(session: SyncSession) -> list[Check]:
    connection = session.integration.connection
    if connection is None:
        return [Check("google", "red", "Google is not connected", "run Step 1 and Step 2", "consent")]
    checks = []
    missing = [scope.rsplit("/", 1)[-1] for scope in SCOPES if scope not in connection.scopes]
    if missing:
        says = say("the consent leaves out {}", " and ".join(missing))
        checks.append(Check("scopes", "red", says, "run Step 1 again and tick every box", "consent"))
    else:
        checks.append(Check("scopes", "green", "both scopes were granted"))
    if connection.dead:
        says = say("the connection died ({})", connection.dead)
        act = "" if connection.mended_at_google else "consent"
        return [*checks, Check("google", "red", says, google_mend(connection), act)]
    try:
        entries = {entry.id: entry for entry in within_reach(session.calendars, session.settings.calendars)}
    except SyncError as error:
        note_withdrawn(session, error)
        if isinstance(error, AccessRevoked) and error.cause is Cause.MENDED_AT_GOOGLE:  # no task has met it yet
            return [*checks, Check("google", "red", str(error), "it is tried again every five minutes")]
        more = "" if isinstance(error, AccessRevoked) else "run Step 1 and Step 2 again if this stays"
        return [*checks, Check("google", "red", str(error), more, "consent")]
    count = sum(entry.listed for entry in entries.values())
    reached = counted(count, "{} calendar", "{} calendars")
    checks.append(Check("google", "green", say("connected as {}, {}", connection.account, reached)))
    meet = session.settings.outbound.create_meet_link
    mapped = session.settings.calendars
    checks += [_calendar(each, entries.get(each), connection.account, meet=meet) for each in mapped]
    checks += _labels(session, [each for each in mapped if each in entries])
    takes = session.settings.takes_invitations
    return checks + [_room(entries[each], takes=takes(each)) for each in mapped if each in entries and is_room(each)]


def _labels(session: SyncSession, calendars: list[str]) -> Iterator[Check]:
    """Name the labels that a calendar lacks; read only if labels are used."""
    o = session.settings.outbound
    if not o.use_labels or o.colour_by == "none":
        return
    wanted = {name for name in o.colours.values() if name not in COLOURS}
    read = session.ports.in_parallel([partial(_labels_of, session.again(), each) for each in calendars])
    for calendar, known in zip(calendars, read, strict=True):
        if missing := sorted(wanted - known) if known is not None else []:
            says = say("{} has no label called {}; its events stay without", calendar, ", ".join(missing))
            mend = "make the label in Google Calendar, or write its name under Colours as it is there"
            yield Check("labels", "amber", says, mend, "outbound", calendar)


def _labels_of(session: SyncSession, calendar: str) -> set[str] | None:
    """Return a calendar's labels, or None: an unreadable calendar has its own finding."""
    try:
        return set(session.calendars.labels(calendar))
    except SyncError:
        return None


def _room(entry: CalendarEntry, *, takes: bool) -> Check:
    """Report who answers invitations to a room of Google Workspace, and whether they become bookings."""
    if not takes:
        mend = "choose under Invitations on the inbound screen that they do, if the room is taken by inviting it"
        return Check("room", "grey", say("invitations to {} become no bookings", entry.id), mend, "inbound", entry.id)
    if entry.answers:
        says = say("{} answers invitations by itself; where i-Reserve refuses, it declines after all", entry.id)
    else:
        says = say(
            "{} does not answer invitations by itself; i-Reserve decides, and the answer is given here", entry.id
        )
    return Check("room", "green", says, subject=entry.id)


def _calendar(calendar: str, entry: CalendarEntry | None, account: str, *, meet: bool) -> Check:
    if entry is None:
        mend = "share it with the connected account, or map its objects to another calendar"
        return Check("calendar", "red", say("{} cannot be reached", calendar), mend, "mapping", calendar)
    if not entry.writable:
        mend = "give the connected account the right to make changes to events"
        return Check("calendar", "red", say("{} cannot be written", calendar), mend, "mapping", calendar)
    if meet and not entry.meet:
        mend = "allow Google Meet for it in Google, or switch Create Google Meet link off"
        return Check(
            "calendar", "amber", say("{} does not accept Google Meet links", calendar), mend, "outbound", calendar
        )
    if not entry.listed:
        mend = "open Google Calendar as the connected account and add it to the list of calendars"
        return Check(
            "calendar", "amber", say("{} works, but is not on the list of the account", calendar), mend, "", calendar
        )
    if entry.data_owner not in ("", account):
        mend = "make the connected account its owner: Google deletes a calendar together with the account that owns it"
        return Check("calendar", "amber", say("{} belongs to {}", calendar, entry.data_owner), mend, "", calendar)
    if not entry.sees_private:
        mend = "give the connected account the right to see the details of private events; without it they become no bookings"
        return Check("calendar", "amber", say("{} hides what is private", calendar), mend, "", calendar)
    return Check("calendar", "green", say("{} can be read and written", calendar), subject=calendar)


def _ireserve(session: SyncSession) -> list[Check]:
    if session.integration.ireserve_refused:
        says = "i-Reserve refuses the login; calls have stopped"
        return [Check("ireserve", "red", says, "save the right password; the sync then goes on by itself", "ireserve")]
    try:
        objects = {each.id: each.name for each in session.objects()}
    except SyncError as error:
        return [Check("ireserve", "red", str(error), "check the address, the user and its rights", "ireserve")]
    mapped = {row.object for row in session.settings.mapping} - {"*"}
    checks = [
        Check("ireserve", "green", say("i-Reserve answers, {}", counted(len(objects), "{} object", "{} objects")))
    ]
    if unknown := sorted(mapped - set(objects)):
        says = say("object {} is mapped but not in i-Reserve's list", ", ".join(unknown))
        checks.append(Check("mapping", "amber", says, "correct the row if the object is not a hidden one", "mapping"))
    if without := [each for each in objects if session.settings.calendar_of(each) is None]:
        named = ", ".join(sorted(objects[each] or each for each in without))
        says = counted(
            len(without),
            "{} object has no calendar, so its bookings get no event: {}",
            "{} objects have no calendar, so their bookings get no event: {}",
            named,
        )
        checks.append(
            Check(
                "mapping",
                "amber",
                says,
                "give them a calendar, or one to the row for all other objects, if they should have one",
                "mapping",
            )
        )
    return checks


def _hooks(session: SyncSession) -> list[Check]:
    if session.integration.phase is Phase.DRAFT:
        return []
    have = {hook.event for hook in session.integration.hooks}
    missing = [event for event in session.dialect.hook_events if event not in have]
    if missing:
        says = say("webhook {} is not registered; changes are found by the sweep", ", ".join(missing))
        return [Check("hooks", "amber", says, "register the webhooks again, or add them in i-Reserve by hand", "hooks")]
    outdated = key_rotation.outdated(session.ports, session.integration)
    if outdated:
        says = {
            "key": "the webhooks still use an older key; keep it in WEBHOOK_KEYS",
            "address": "the webhooks still lead to the former address",
        }[outdated]
        return [Check("hooks", "amber", says, "renew: the webhooks and channels are then made anew", "renew")]
    return [Check("hooks", "green", say("webhooks {} are registered", ", ".join(sorted(have))))]


def _dialect(session: SyncSession) -> list[Check]:
    assumed = list(session.dialect.assumptions())
    if not assumed:
        return [Check("dialect", "green", "everything undocumented about this i-Reserve was probed"), *_ids(session)]
    trial = record.current(session.ports.documents, session.id)
    if trial is not None and trial.finished_at is not None and not trial.stop:
        says = counted(
            len(assumed),
            "{} undocumented point of this i-Reserve is assumed: the probe could not find it out",
            "{} undocumented points of this i-Reserve are assumed: the probe could not find them out",
        )
        return [Check("dialect", "grey", says), *_ids(session)]
    says = counted(
        len(assumed),
        "{} undocumented point of this i-Reserve is assumed, not probed",
        "{} undocumented points of this i-Reserve are assumed, not probed",
    )
    return [Check("dialect", "amber", says, "run the probe on a test booking", "probe"), *_ids(session)]


def _ids(session: SyncSession) -> list[Check]:
    """Report what the probe found that gets in the way of event ids in bookings."""
    dialect, outbound, checks = session.dialect, session.settings.outbound, list[Check]()
    if dialect.built_in_active:
        says = "i-Reserve's own Google Calendar integration still writes event ids into bookings"
        mend = "switch it off in i-Reserve under Administration > Integrations > Google Calendar, then probe again"
        checks.append(Check("built_in", "red", says, mend, "probe"))
    longest = dialect.external_id_max_length
    if longest is not None and longest < ID_LENGTH and outbound.external_id_field == "external_id":
        says = say("the external id of a booking holds {} characters, an event id has {}", longest, ID_LENGTH)
        mend = "choose a custom field as Field for i-Reserve event id"
        checks.append(Check("external_id", "amber", says, mend, "outbound"))
    return checks


def _zone(session: SyncSession) -> list[Check]:
    """Report that i-Reserve's times are in another zone; its lists show no offset, so they are read wrongly."""

    def still(noted: Body) -> Check | None:
        read = session.read_booking(str(noted["booking_id"]))
        if read.presence is not Presence.UNREADABLE and not (read.value and read.value.other_zone):
            return None
        zone = session.settings.timezone
        says = say("i-Reserve's times are not those of {}: see booking {}", zone, noted["booking_id"])
        return Check("timezone", "red", says, "choose the time zone of i-Reserve in the settings of this integration")

    return _noted(session, "other_zone", still)


def _customers(session: SyncSession) -> list[Check]:
    """Report that customers' addresses could not be read, until they can."""

    def still(noted: Body) -> Check | None:
        try:
            session.reservations.customer_email(str(noted["customer_id"]))
        except SyncError as error:
            says = say("customers' e-mail addresses cannot be read ({}); events have no guest", error)
            mend = "give the API user the rights api_customer_get and entity_customer_read, then resync"
            return Check("customers", "amber", says, mend, "ireserve")
        return None

    return _noted(session, "customer_data", still) if session.settings.outbound.use_customer_data else []


def _guests(session: SyncSession) -> list[Check]:
    """Report a customer's address that cannot be invited, until it is fixed."""

    def still(noted: Body) -> Check | None:
        read = session.read_booking(str(noted["booking_id"]))
        email = read.value.email.strip() if read.value is not None else ""
        if read.presence is not Presence.UNREADABLE and (not email or guest_address(email)):
            return None
        says = say(
            "the customer of booking {} has an address that cannot be invited; its event has no guest",
            noted["booking_id"],
        )
        return Check("customers", "amber", says, "correct the address in i-Reserve, then resync", "ireserve")

    return _noted(session, "guest_left_out", still) if session.settings.outbound.use_customer_data else []


def _noted(session: SyncSession, what: str, still: Callable[[Body], Check | None]) -> list[Check]:
    """Return the check of what the sync noted on its way; once it is no longer so, the note is removed.

    What cannot be read stands: the sync would not note it again.
    """
    path = path_of(session.id, "progress", what)
    noted = session.ports.documents.get(path)
    if noted is None:
        return []
    if (check := still(noted)) is not None:
        return [check]
    session.ports.documents.transact(lambda tx: tx.delete(path))
    return []


def _lacking(session: SyncSession) -> list[Check]:
    """Count the events that lack a guest or Meet link that they should have, and name a booking to look at."""
    checks, path = list[Check](), path_of(session.id, "links")
    documents = session.ports.documents
    if count := documents.count(path, {"lacks_guest": True}):
        booking = documents.find(path, {"lacks_guest": True}, limit=1)[0][1]["booking_id"]
        says = counted(
            count,
            "{} event lacks its customer as a guest, that of booking {}: Google refuses the address, or a guest list on which somebody has no address, or shows only a part of the list",
            "{} events lack their customer as a guest, such as that of booking {}: Google refuses the address, or a guest list on which somebody has no address, or shows only a part of the list",
            booking,
        )
        mend = "correct the address in i-Reserve, take the guest without an address off the event, or invite the customer by hand; then resync"
        checks.append(Check("customers", "amber", says, mend, "ireserve"))
    if count := documents.count(path, {"lacks_meet": True}):
        booking = documents.find(path, {"lacks_meet": True}, limit=1)[0][1]["booking_id"]
        says = counted(
            count,
            "{} event has no Meet link, that of booking {}: Google made none",
            "{} events have no Meet link, such as that of booking {}: Google made none",
            booking,
        )
        mend = "add one to the event by hand; if no event gets one, ask the account's administrator to allow Meet"
        checks.append(Check("meet", "amber", says, mend, "outbound"))
    return checks


def _channels(session: SyncSession) -> list[Check]:
    if session.integration.phase is Phase.DRAFT or not session.settings.inbound.enabled:
        return []
    mapped = session.settings.calendars
    states = calendars.states_of(session.ports.documents, session.id, mapped)
    return [_channel(session, calendar, state) for calendar, state in zip(mapped, states, strict=True)]


def _channel(session: SyncSession, calendar: str, state: CalendarState) -> Check:
    if isinstance(state, calendars.Unreadable):
        return Check("channel", "red", state.why, subject=calendar)
    now = session.now()
    if state.polled_because:
        says = say(
            "{} is polled every {} s, it cannot notify ({})",
            calendar,
            session.settings.sync.poll_seconds,
            state.polled_because,
        )
        return Check("channel", "grey", says, "nothing to do if the calendar is of that kind", subject=calendar)
    ends = channels.expires_at(state)
    if ends is None or ends <= now:
        says = say("{} has no live channel; it is polled every {} s", calendar, session.settings.sync.poll_seconds)
        mend = "renew the channels; check that the address is public"
        return Check("channel", "amber", says, mend, "renew", calendar)
    last = max((c.notified_at for c in state.channels if c.notified_at), default=None)
    says = say("{} has a channel until {}", calendar, moment_of(session, ends))
    if last:
        says = say(
            "{} has a channel until {}, last notification {}",
            calendar,
            moment_of(session, ends),
            moment_of(session, last),
        )
    return Check("channel", "green", says, subject=calendar)


def _waiting(session: SyncSession) -> list[Check]:
    checks = []
    if items := session.ports.documents.count(path_of(session.id, "parked")):
        says = counted(items, "{} thing could not be done", "{} things could not be done")
        checks.append(Check("parked", "amber", says, "look at each and retry", "parked"))
    where = path_of(session.id, "links")
    held, paused, refused = (
        session.ports.documents.count(where, {"state": state.value})
        for state in (State.HELD, State.PAUSED, State.REFUSED)
    )
    if held:
        says = counted(held, "{} removal waits for a person", "{} removals wait for a person")
        checks.append(Check("held", "amber", says, "carry out or keep each", "held"))
    if paused:
        says = counted(
            paused,
            "{} pair is paused because the same change kept coming back",
            "{} pairs are paused because the same change kept coming back",
        )
        mend = "find out what keeps changing them, then choose Follow again; after an hour without a change they go on by themselves"
        checks.append(Check("paused", "amber", says, mend, "links"))
    if refused:
        says = counted(refused, "i-Reserve refused {} new event", "i-Reserve refused {} new events")
        mend = "each event says why, and is tried again once it changes"
        checks.append(Check("refused", "grey", says, mend))
    return checks


def _backfill(session: SyncSession) -> list[Check]:
    """Tell of a backfill that has not ended."""
    backfill = scan.current(session.ports.documents, session.id, "backfill")
    if backfill is None or backfill.finished_at is not None:
        return []
    day, stuck = f"{backfill.week:%d-%m-%Y}", scan.parked_as(session.ports, session.id, backfill)
    if stuck is None and session.integration.goes_on:
        says = counted(
            backfill.looked,
            "backfill under way: {} booking looked at, at {}",
            "backfill under way: {} bookings looked at, at {}",
            day,
        )
        return [Check("backfill", "grey", says)]
    says = counted(
        backfill.looked,
        "the backfill stopped after {} booking, at {}",
        "the backfill stopped after {} bookings, at {}",
        day,
    )
    if stuck is None:
        return [Check("backfill", "grey", says)]
    return [Check("backfill", "amber", says, "look at what is parked, and retry it", "parked")]


def _foreign(session: SyncSession) -> list[Check]:
    """Count the bookings with the id of an event that is not ours: each may have two events."""
    count = session.ports.documents.count(path_of(session.id, "links"), {"foreign": True})
    if not count:
        return []
    says = counted(
        count,
        "{} booking carries the id of another event, which is left alone; two events may stand for it",
        "{} bookings carry the id of another event, which is left alone; two events may stand for each",
    )
    mend = "look at each; remove the other event, or let i-Reserve's own integration go first"
    return [Check("foreign", "amber", says, mend, "foreign")]


def _left_out(session: SyncSession) -> list[Check]:
    """Report bookings that the last full sweep did not fully compare, and what that means for "in sync as of"."""
    last = scan.current(session.ports.documents, session.id, "full")
    if last is None or last.finished_at is None:
        return []
    checks, (_, nights) = list[Check](), last.next_turn()
    if last.unread:
        says = counted(
            last.unread,
            "the texts of {} booking were not compared in the last whole sweep; no list shows them",
            "the texts of {} bookings were not compared in the last whole sweep; no list shows them",
        )
        mend = counted(
            nights,
            "nothing: they take turns, all within {} night, or at once by a resync; “in sync as of” does not cover them",
            "nothing: they take turns, all within {} nights, or at once by a resync; “in sync as of” does not cover them",
        )
        checks.append(Check("unread", "grey" if nights <= WEEK else "amber", says, mend))
    if last.unseen:
        says = counted(
            last.unseen,
            "{} booking could not be compared in the last whole sweep: its row says too little",
            "{} bookings could not be compared in the last whole sweep: their rows say too little",
        )
        mend = "run the probe, which finds what rows can show, or resync; “in sync as of” waits for them"
        checks.append(Check("unseen", "amber", says, mend, "probe"))
    return checks


SECTIONS: tuple[Callable[[SyncSession], Iterable[Check]], ...] = (
    _phase,
    _google,
    _ireserve,
    _hooks,
    _dialect,
    _zone,
    _customers,
    _guests,
    _lacking,
    retry_event_id.checks,
    _channels,
    *MORE,
    _waiting,
    _foreign,
    _left_out,
    _backfill,
    events_without_booking.checks,
)
