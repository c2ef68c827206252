"""One integration's two sides, opened for a piece of work."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.application.ports import Body, Bookable, CalendarEntry, Calendars, Ports, Reservations
from functions.application.store import integrations, links
from functions.application.store.dialect_validation import dialect_of
from functions.application.store.digests import digest_of
from functions.application.store.stopped import wants_consent
from functions.domain.model.addresses import guest_address
from functions.domain.model.booking import Booking
from functions.domain.model.errors import (
    AccessRevoked,
    Cause,
    Gone,
    Malformed,
    Refused,
    Stale,
    SyncError,
    System,
    Transient,
)
from functions.domain.model.event import Event, EventKey, family_of_id, first_occurrence
from functions.domain.model.identity import Digest, event_id, occupied_id, unkeyed_event_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.link import Link
from functions.domain.planning.view import PlanningContext
from functions.domain.settings.dialect import Dialect
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import Settings

TRY_AGAIN = timedelta(minutes=5)


@dataclass(slots=True)
class SyncSession:
    """Both adapters of an integration. `trouble` is the error of the last read that left a side unreadable."""

    ports: Ports
    integration: Integration
    calendars: Calendars
    reservations: Reservations
    digest: Digest
    trouble: SyncError | None = None
    names: dict[str, str] | None = None  # of objects, once a decision needed them
    made_before: str = ""  # id of an event whose booking a crashed instance may have made, if that cannot be known
    booking_read_at: datetime | None = None  # when the current booking was requested
    booking_seen_at: datetime | None = None  # likewise; None if it is the answer to a write
    booking_sent_at: datetime | None = None  # when the last write to it was sent
    known_series: set[str] = field(default_factory=set)  # whose links can all be read
    # of calendars, where an event was not found
    known_reach: dict[str, Gone | Refused | None] = field(default_factory=dict)
    dialect: Dialect = field(init=False)  # what is known or assumed of this i-Reserve

    def __post_init__(self) -> None:
        self.dialect = dialect_of(self.integration.dialect)

    @property
    def settings(self) -> Settings:
        """The integration's settings."""
        return self.integration.settings

    @property
    def id(self) -> str:
        """The integration's id."""
        return self.integration.id

    def derived_ids(self, link: Link) -> set[str]:
        """Return the ids that this service gives the events of a link, up to the present generation.

        Whoever knows a booking's number can tell what version 0.1 gave: that counts only if the link's event has or had it.
        """
        place, known = link.occupies, range(link.generation + 1)
        if place is not None:
            return {occupied_id(self.digest, self.id, place.name, each) for each in known}
        keyed = {event_id(self.digest, self.id, link.booking_id, each) for each in known}
        if link.event is None:
            return keyed
        has = {link.event.id, family_of_id(link.event.id)}
        return keyed | has & {unkeyed_event_id(self.id, link.booking_id, each) for each in known}

    def again(self) -> "SyncSession":
        """Open the same sides again, for work on another thread."""
        return replace(
            self,
            calendars=self.ports.outside.calendars(self.integration),
            reservations=self.ports.outside.reservations(self.integration),
        )

    def must_know_series(self, name: str) -> None:
        """Raise `links.Unreadable` if a link of a series cannot be read; a task asks once."""
        if name and name not in self.known_series:
            for _ in links.every(self.ports.documents, self.id, {"series": name}):
                pass
            self.known_series.add(name)

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        return self.ports.clock()

    def planning_context(self) -> PlanningContext:
        """Return what decisions depend on now."""
        return PlanningContext(
            settings=self.settings,
            now=self.now(),
            digest=self.digest,
            activated_at=self.integration.activated_at,
            names=self.names,
            override_known=self.dialect.override is not None,
        )

    def read_booking(self, booking_id: str) -> Snapshot[Booking]:
        """Read a booking; any error except "there is none" makes it unreadable, never gone."""
        self.booking_read_at = self.booking_seen_at = self.now()
        try:
            booking = self.reservations.read(booking_id)
            self.learn(booking)
            if booking.other_zone:
                self._note_once("other_zone", {"booking_id": booking.id})
            if not booking.email and booking.customer_id and self.settings.outbound.use_customer_data:
                booking = replace(booking, email=self._address(booking.customer_id))
            if booking.email and self.settings.outbound.use_customer_data and not guest_address(booking.email):
                self._note_once("guest_left_out", {"booking_id": booking.id})
            return Snapshot.of(booking)
        except Gone:
            return Snapshot(Presence.ABSENT)
        except (Transient, AccessRevoked, Malformed, Refused) as error:
            self.trouble = error
            return Snapshot(Presence.UNREADABLE)

    def learn(self, booking: Booking) -> None:
        """Store the main object of an object without a row, because lists of bookings do not show it."""
        thing, main = booking.object_id, booking.main_id
        rows = {row.object for row in self.settings.mapping}
        if thing not in rows and (main or "*" not in rows):
            self._learn({thing: main})

    def objects(self) -> list[Bookable]:
        """List i-Reserve's objects, and store their main objects if the list shows them; raises what reading raises."""
        listed = self.reservations.objects()
        self._learn({each.id: each.main_id for each in listed if each.main_id})
        return listed

    def _learn(self, mains: Mapping[str, str]) -> None:
        if mains.items() <= self.integration.mains.items():
            return

        def learnt(before: Integration) -> Integration:
            return replace(before, mains={**before.mains, **mains})

        known = integrations.change(self.ports.documents, self.id, learnt, wakes=False).mains
        self.integration = replace(self.integration, mains=known)  # whose settings may be those of a plan

    def may_have_main(self, object_id: str) -> bool:
        """Whether an object without a row may be part of a main object that has one; a booking of it would show that.

        False as long as no row is known to be of a main object, so that nothing is read in vain.
        """
        rows, mains = {row.object for row in self.settings.mapping}, self.integration.mains
        if "*" in rows or object_id in rows or object_id in mains:
            return False
        return any(main in rows for main in mains.values())

    def _address(self, customer_id: str) -> str:
        """Return a customer's address, or "" if the user may not see it, which diagnostics then report."""
        try:
            return self.reservations.customer_email(customer_id)
        except (AccessRevoked, Refused, Malformed) as error:
            self._note_once("customer_data", {"customer_id": customer_id, "reason": error.reason})
            return ""

    def _note_once(self, what: str, body: Body) -> None:
        """Record the first case for diagnostics, which check whether it is fixed."""
        path = integrations.path_of(self.id, "progress", what)
        if self.ports.documents.get(path) is None:
            self.ports.documents.transact(lambda tx: tx.put(path, body))

    def read_names(self) -> None:
        """Read the objects' names; raises what reading raises."""
        self.names = {each.id: each.name for each in self.objects()}

    def read_event(self, key: EventKey, instead_of: EventKey | None = None) -> Snapshot[Event]:
        """Read an event; an unreadable calendar makes it unreadable, never deleted.

        Absent if what is read in its place (see `Calendars.read`), or in the place of the pair's own event `instead_of`, is
        another pair's: one event has one booking.
        """
        own = instead_of or key
        try:
            event = self.calendars.read(key)
        except Gone as error:
            if error.cause is Cause.CALENDAR_GONE:
                self.trouble = error
                return Snapshot(Presence.UNREADABLE)
            return Snapshot(Presence.ABSENT)
        except (Transient, AccessRevoked, Malformed, Refused) as error:
            self.trouble = error
            return Snapshot(Presence.UNREADABLE)
        if not isinstance(event, Event):
            return Snapshot(Presence.CANCELLED)
        return Snapshot.of(event) if event.key == own or self._is_free(event, own) else Snapshot(Presence.ABSENT)

    def out_of_reach(self, calendar: str) -> Gone | Refused | None:
        """Return what says that the account cannot read a calendar, None if it can; raises what else reading raises.

        About an event Google answers the same where it is missing as where its calendar is. A task asks once.
        https://developers.google.com/workspace/calendar/api/guides/errors#404_not_found
        """
        if calendar not in self.known_reach:
            lost: Gone | Refused | None = None
            try:
                self.calendars.reach(calendar)
            except (Gone, Refused) as error:
                lost = error
            self.known_reach[calendar] = lost  # only once it is known: other pairs of the task believe it
        return self.known_reach[calendar]

    def _is_free(self, event: Event, instead_of: EventKey) -> bool:
        """Whether an event has no other pair than the one that it is read in place of, or only one that lets go of it.

        Nor has the occurrence in whose place it is: its pair will go on with it.
        """
        keys = (instead_of, event.key, first_occurrence(event.key, event.when))
        own, *holders = (links.of_event(self.ports.documents, self.id, key) for key in keys)
        if own is None:
            return True
        return all(each is None or each.id == own.id or each.gives_way_to(own) for each in holders)

    def must_read_event(self, key: EventKey) -> Snapshot[Event]:
        """Read an event; raises what kept it from being read."""
        found = self.read_event(key)
        if found.presence is Presence.UNREADABLE and self.trouble is not None:
            raise self.trouble
        return found

    def has_left(self, former: EventKey, event: Event | None) -> bool:
        """Whether an event is gone from where its link has it, or is read as this one there: otherwise this one is a copy.

        Ask this before an event in another calendar, or what a series became, takes over a pair. Raises what reading raises.
        """
        found = self.must_read_event(former)
        goes_on = found.value is not None and event is not None and found.value.key == event.key
        return found.vanished or goes_on

    def find_event(
        self, event_id: str, but: str = "", first: str | None = None, instead_of: EventKey | None = None
    ) -> Snapshot[Event]:
        """Look for an event in every mapped calendar except `but`; unreadable if one of them is and none has it.

        A guest's copy has the id of the organizer's event and is not it. `first` is where it most likely is; `instead_of` is as
        in `read_event`.
        """
        best: Snapshot[Event] = Snapshot(Presence.ABSENT)
        for calendar in sorted(self.settings.calendars, key=lambda each: each != first):
            if calendar == but:
                continue
            found = self.read_event(EventKey(calendar, event_id), instead_of)
            if found.value is not None and found.value.organizer_self:
                return found
            if found.presence is Presence.UNREADABLE:
                best = found
        return best


def open_session(ports: Ports, integration: Integration) -> SyncSession:
    """Open both sides without calling them; a secret is read when its side is first used."""
    return SyncSession(
        ports,
        integration,
        ports.outside.calendars(integration),
        ports.outside.reservations(integration),
        digest_of(ports, integration),
    )


def within_reach(calendars: Calendars, wanted: Iterable[str]) -> list[CalendarEntry]:
    """List the account's calendars, and those of `wanted` that are not on its list but can be reached."""
    listed = calendars.calendars()
    known = {each.id for each in listed} | {"primary"}
    return [*listed, *(entry for each in wanted if each not in known and (entry := _reached(calendars, each)))]


def _reached(calendars: Calendars, calendar: str) -> CalendarEntry | None:
    try:
        return calendars.reach(calendar)
    except (Gone, Refused):
        return None


def mark_revoked(ports: Ports, used: Integration, error: AccessRevoked) -> None:
    """Record that a side refuses its login; it is not called until a person fixes that, so the account is not locked.

    `used` is the integration as it was at the call. Raises `Stale` if the login has been replaced since.
    """
    side = error.side
    if side is System.SERVICE:  # no login was refused
        return

    def marked(before: Integration) -> Integration:
        if before.login_of(side) != used.login_of(side):
            raise Stale("the login was replaced meanwhile", reason="login_replaced")
        if side is System.IRESERVE:
            return replace(before, ireserve_refused=error.reason)
        if before.connection is None or before.connection.dead:
            return before
        return replace(before, connection=before.connection.died(error, ports.clock()))

    integrations.change(ports.documents, used.id, marked)
    told = {"severity": "ERROR", "int_id": used.id, "reason": error.reason}
    if side is System.IRESERVE:
        ports.log("error", told)
    else:
        ports.log("token_dead", told)


def note_withdrawn(session: SyncSession, error: SyncError) -> None:
    """Record that Google no longer accepts the consent, if a person's request meets that: a draft has no tasks.

    What can be fixed at Google without a new consent is left to the next call.
    """
    if wants_consent(error):
        with suppress(Stale):
            mark_revoked(session.ports, session.integration, error)


def google_again(ports: Ports, integration: Integration) -> bool:
    """Retry a connection that may work again without a new consent; returns whether it does.

    A disabled API or an administrator's rule is fixed at Google, which does not tell us.
    """
    connection, now = integration.connection, ports.clock()
    if connection is None or not connection.mended_at_google or connection.dead_at is None:
        return False
    if now - connection.dead_at < TRY_AGAIN:
        return False
    try:
        ports.outside.calendars(integration).calendars()
    except SyncError as error:
        after = replace(connection, dead_at=now) if isinstance(error, Transient) else connection.died(error, now)
    else:
        after = connection.answered()

    def tried(before: Integration) -> Integration:
        return replace(before, connection=after) if before.connection == connection else before

    return integrations.change(ports.documents, integration.id, tried).connection == replace(after, dead="")
