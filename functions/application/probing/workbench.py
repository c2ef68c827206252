"""What the probe works with: its two bookings, the guesses to try on them, and how to put the test booking back.

Where the dialect assumes a name, that is the first guess. A name missing here can be entered by hand; the probe then
tries it first.
"""

from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any

from functions.application.ports import Reservations
from functions.application.probing import record
from functions.application.probing.record import Spot, Trial, Written
from functions.application.store import integrations
from functions.application.store.dialect_validation import dialect_of
from functions.application.sync.session import SyncSession
from functions.domain.comparing.event_content import when_of
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Conflict, Refused
from functions.domain.model.zones import at, day_of, days_later
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.dialect import Dialect

SURE_COLUMN = "RES_FROMDATE"  # in i-Reserve's documentation, so every tenant has it
NOBODYS_ID = "000probe000nobody000"  # an external id that no booking has

GUESSES: dict[str, tuple[Any, ...]] = {
    "search_id": ("BOOKING_ID", "RES_ID", "reserveringsnummer", "reservering", "boekingsnummer", "id"),
    "search_start": ("startdatum", "RES_FROMDATE", "fromdate", "date_from", "begindatum", "datum"),
    "search_dates": ("relative", "absolute"),
    "search_external_id": (
        "external_id",
        "RES_EXTERNAL_ID",
        "externalid",
        "extern_id",
        "externid",
        "externe_id",
        "RES_EXT_ID",
    ),
    "search_custom": ("RES_CUSTOM", "custom", "vrijveld", "RES_FREE"),
    "column_till_date": ("RES_TILDATE", "RES_TILLDATE", "RES_ENDDATE", "RES_TODATE", "RES_DATE_TILL"),
    "column_status": ("RES_STATUS", "RES_STATUS_CODE", "RES_STATUSCODE", "RES_STA_ID", "STATUS"),
    "column_object": ("RES_OBJ_ID", "OBJ_ID", "RES_OBJECT_ID", "OBJECT_ID", "RES_PRODUCT_ID"),
    "column_external_id": ("RES_EXTERNAL_ID", "RES_EXTERNALID", "EXTERNAL_ID", "RES_EXT_ID"),
    "column_changed": ("RES_UPDATED", "UPDATED", "RES_CHANGED", "RES_MODIFIED", "RES_LAST_UPDATE", "bijgewerkt"),
    "search_changed": (
        "bijgewerkt",
        "RES_UPDATED",
        "UPDATED",
        "laatstbijgewerkt",
        "gewijzigd",
        "RES_CHANGED",
        "RES_MODIFIED",
    ),
    "update_carries": ((), ("number",), ("number", "date"), ("number", "date", "object_id")),
    "status_lag_seconds": (0.0, 0.5, 2.0, 5.0),
    "override": tuple(
        (place, name, 1)
        for name in (
            "override",
            "override_conflict",
            "ignore_validation",
            "skip_validation",
            "force",
            "ignore_conflicts",
        )
        for place in ("body", "query")
    ),
}


def guesses(point: str, stored: object = None) -> tuple[Any, ...]:
    """Return the guesses for a point of the dialect, the stored value first."""
    listed = GUESSES[point]
    return listed if stored is None or stored in listed else (stored, *listed)


DAYS_AHEAD = 14  # to look for a free time
PAGE, PAGES = 100, 10


@dataclass(slots=True)
class Bench:
    """What a part of the probe works with. `trial` is replaced as the part proceeds; `save` stores it."""

    session: SyncSession
    trial: Trial
    kept: Trial = field(init=False)  # as stored last

    def __post_init__(self) -> None:
        self.kept = self.trial

    def save(self) -> None:
        """Store the progress, around any call whose effect must not be forgotten; raises `record.Overtaken`."""
        self.trial = self.kept = record.save(self.session.ports, self.session.id, self.trial, self.kept)

    def note(self, **changes: Any) -> None:
        """Change the record and store it."""
        self.trial = replace(self.trial, **changes)
        self.save()

    def find(self, **points: Any) -> None:
        """Record points of the dialect as settled."""
        self.trial = replace(self.trial, found={**self.trial.found, **points})

    @property
    def dialect(self) -> Dialect:
        """The findings so far; the other points have their defaults."""
        return dialect_of(self.trial.found)

    def asking(self, **guess: Any) -> Reservations:
        """Return the client of i-Reserve with the findings so far, and these guesses in their place."""
        dialect = {**self.trial.found, **guess}
        return self.session.ports.outside.reservations(replace(self.session.integration, dialect=dialect))

    def writing(self, **guess: Any) -> Reservations:
        """Return the same client for one write; raises `record.Overtaken` if another worker has gone on since the last one.

        A part that stalls past its lease so makes at most the call in which it stalled.
        """
        self.save()
        return self.asking(**guess)

    def guesses(self, point: str) -> tuple[Any, ...]:
        """Return what to try for a point."""
        stored = self.session.dialect
        return guesses(point, getattr(stored, point) if point in stored.known else None)

    def test_booking(self) -> Booking:
        """Read the test booking."""
        return self.asking().read(self.trial.booking)

    def second(self) -> Booking:
        """Read the booking that the probe made; raises `Conflict` if it could make none."""
        if not self.trial.second:
            raise Conflict("there is no second booking to try this on", reason="no_second_booking")
        return self.asking().read(self.trial.second)

    def spot(self, booking: Booking) -> Spot:
        """Return a booking's spot."""
        return Spot(booking.object_id, when_of(booking, self.session.settings))

    def attempt(self, booking: Booking, change: BookingChange, **guess: Any) -> Booking:
        """Write once and record when; raises `Refused`, also if the answer shows another time or object."""
        at = self.session.now()
        if booking.id == self.trial.booking and (change.when is not None or change.object_id is not None):
            now = self.spot(booking)
            target = Spot(change.object_id or now.object_id, change.when or now.when)
            if target not in self.trial.touched:
                self.trial = replace(self.trial, touched=(*self.trial.touched, target))
        answered = self.writing(**guess).attempt(booking, change)
        if answered.id == self.trial.booking and self.spot(answered) not in (self.trial.before, *self.trial.touched):
            self.note(touched=(*self.trial.touched, self.spot(answered)))
        status = change.status is not None and change.status != booking.status
        shown_at = self.session.now() if not status or answered.status == change.status else None
        self.trial = replace(self.trial, writes=(*self.trial.writes, Written(booking.id, at, shown_at, status)))
        asked = [change.when in (None, self.spot(answered).when), change.object_id in (None, answered.object_id)]
        if not all(asked):
            raise Refused("i-Reserve accepted a change without making it.", reason=Cause.NOT_APPLIED, form="old_values")
        return answered

    def put_back(self) -> None:
        """Move the test booking back to where it was, if it is where the probe put it."""
        if not self.trial.touched:
            return
        booking = self.test_booking()
        spot, before = self.spot(booking), self.trial.before
        change = BookingChange()
        if spot != before and spot in self.trial.touched:
            moved = before.object_id if spot.object_id != before.object_id else None
            change = BookingChange(when=before.when, object_id=moved)
        if booking.number == 1 < self.trial.number:  # an update without a number reset it to one place
            booking = replace(booking, number=self.trial.number)
            self.writing(update_carries=("number",)).attempt(booking, change)
        elif change != BookingChange():
            self.writing().write(booking, change)

    def hold(self) -> None:
        """Have both bookings' webhooks recorded instead of followed."""
        wanted = self.trial.bookings
        self.session.integration = integrations.change(
            self.session.ports.documents, self.session.id, lambda before: replace(before, probing=wanted)
        )

    def later(self, when: When, days: int) -> When:
        """Return the same time of day some days later."""
        if isinstance(when, AllDay):
            return AllDay(when.first + timedelta(days=days), when.until + timedelta(days=days))
        zone = self.session.settings.timezone
        return Timed(days_later(when.start, days, zone), days_later(when.end, days, zone))

    def slots(self, when: When) -> list[When]:
        """Return times to try: the same time of day on later days."""
        length = (when.until - when.first).days if isinstance(when, AllDay) else 1
        return [self.later(when, max(1, length) * n) for n in range(1, DAYS_AHEAD + 1)]

    def by_hour(self, when: When) -> Timed:
        """Return whole days as one hour (10:00 local) on the first day; other times unchanged."""
        if isinstance(when, Timed):
            return when
        start = at(when.first, time(10), self.session.settings.timezone)
        return Timed(start, start + timedelta(hours=1))

    def days(self, when: When) -> AllDay:
        """Return a time as whole days, without the day on which it ends, unless it is the only one."""
        if isinstance(when, AllDay):
            return when
        zone = self.session.settings.timezone
        first = day_of(when.start, zone)
        return AllDay(first, max(day_of(when.end, zone), first + timedelta(days=1)))

    def listed(self, ireserve: Reservations, when: When) -> list[str]:
        """Return the ids that a search finds on a time's first day."""
        day, found = self.days(when).first, list[str]()
        for _ in range(PAGES):
            page = [row.id for row in ireserve.between(day, day, start=len(found), length=PAGE)]
            if not set(page) - set(found):
                break
            found += page
        return found
