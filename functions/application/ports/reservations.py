"""i-Reserve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the hot functions handle no booking, and need not load what one is
    from functions.domain.model.appointment import When
    from functions.domain.model.booking import Booking
    from functions.domain.planning.step import BookingChange


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A row of a list of bookings: what the dialect lets it show; None = the row does not say.

    A row tells wall clock times only: of a time that happens twice in autumn `starts` and `ends` are the first.
    """

    id: str
    starts: datetime | None = None
    ends: datetime | None = None
    status: int | None = None
    object_id: str | None = None
    changed: datetime | None = None  # when the booking last changed


@dataclass(frozen=True, slots=True)
class Bookable:
    """An object of i-Reserve."""

    id: str
    name: str
    group: str = ""
    day_mode: bool = False


class Reservations(Protocol):
    """i-Reserve, as the API user of one integration, over its documented methods only."""

    def read(self, booking_id: str) -> Booking:
        """Read one booking; raises `Gone`, `AccessRevoked` (401, 403), `Transient`, `Malformed`."""

    def find(self, field_name: str, value: str) -> Booking | None:
        """Find the booking whose id field holds an event id, where the dialect can search it; raises `Refused`."""

    def between(self, first: date, last: date, *, start: int, length: int, object_id: str = "") -> list[BookingRow]:
        """Return a page of bookings by start date, rows de-duplicated by id; an empty list is the end.

        With `object_id` those of one object, and perhaps of others where i-Reserve cannot search by it.
        """

    def changed_since(self, since: date, first: date, last: date, *, start: int, length: int) -> list[BookingRow]:
        """Return a page of bookings by start date that changed since a day; `Refused` where the dialect has no search."""

    def write(self, booking: Booking, change: BookingChange) -> Booking:
        """Change a booking by its id and return it as answered; raises `Refused` with i-Reserve's sentence.

        An answer that shows other values than asked is a `Refused` too (i-Reserve can say yes and not do it).
        """

    def check(self, object_id: str, when: When, number: int) -> None:
        """Ask whether a booking could be made; raises `Refused`."""

    def make(
        self,
        object_id: str,
        when: When,
        number: int,
        status: int,
        external_id: str,
        fields: Mapping[str, str],
        *,
        checked: bool = True,
    ) -> Booking:
        """Check and make a booking; raises `Refused`. Not checked: where it may have been made before, by its id."""

    def places(self, object_id: str, day: date) -> int | None:
        """Return how many places an object has on a day, or None where i-Reserve does not tell."""

    def objects(self) -> list[Bookable]:
        """List the objects that can be booked."""

    def subscribe(self, event: str, address: str) -> str:
        """Register an outgoing webhook and return its id."""

    def unsubscribe(self, hook_id: str) -> None:
        """Remove an outgoing webhook; one that is gone already is no error."""

    def customer_email(self, customer_id: str) -> str:
        """Return the e-mail address of a customer, or ""; `Refused` (`no_right`) where the user may not see it."""

    # the rest is for a probe, which tries out what is not known

    def row(self, booking_id: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Return the values of these columns for one booking, {} where it is not found; `Refused`: no such column."""

    def attempt(self, booking: Booking, change: BookingChange) -> Booking:
        """Write once and return the booking as it then shows, whether or not that is what was asked."""
