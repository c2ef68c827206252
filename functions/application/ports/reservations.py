"""i-Reserve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # keeps it out of the functions that must start fast and handle no booking
    from functions.domain.model.appointment import When
    from functions.domain.model.booking import Booking
    from functions.domain.pairing.writes import BookingChange


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A row of a list of bookings, as far as the dialect shows it; None = the row does not say.

    A row has wall clock times only: for an hour that occurs twice in autumn, `starts` and `ends` are the first
    (`ends` the second where the first would be before the start).
    """

    id: str
    starts: datetime | None = None
    ends: datetime | None = None
    status: int | None = None
    object_id: str | None = None
    changed: datetime | None = None  # when the booking last changed
    status_name: str = ""  # as the list shows it beside the code
    lines: int = 1  # how many of the page's rows were this booking's


@dataclass(frozen=True, slots=True)
class Bookable:
    """An object that can be booked."""

    id: str
    name: str
    group: str = ""
    day_mode: bool = False
    main_id: str = ""  # its main object, if the list shows it


class Reservations(Protocol):
    """i-Reserve, as one integration's API user, through its documented methods only."""

    def read(self, booking_id: str) -> Booking:
        """Read one booking; raises `Gone`, `AccessRevoked` (401, 403), `Transient`, `Malformed`."""

    def find(self, field_name: str, value: str) -> Booking | None:
        """Find the booking whose id field holds an event id; raises `Refused` if the dialect cannot search it."""

    def between(self, first: date, last: date, *, start: int, length: int, object_id: str = "") -> list[BookingRow]:
        """Return a page of bookings by start date, rows de-duplicated by id; an empty list is the end.

        With `object_id` those of one object, and perhaps of others where i-Reserve cannot search by it.
        """

    def lasting_into(self, day: date, since: date, *, start: int, length: int, object_id: str = "") -> list[BookingRow]:
        """Return a page of the bookings that start from `since` on, before a day, and last into it, like `between`.

        Raises `Refused` if i-Reserve cannot search by the end.
        """

    def changed_since(self, since: date, first: date, last: date, *, start: int, length: int) -> list[BookingRow]:
        """Return a page of bookings by start date that changed since a day; raises `Refused` if unsearchable."""

    def write(self, booking: Booking, change: BookingChange) -> Booking:
        """Change a booking by its id and return the answered booking; raises `Refused` with i-Reserve's sentence.

        An answer with other values than asked is also `Refused`: i-Reserve can accept a change and not make it.
        """

    def check(self, object_id: str, when: When, number: int) -> None:
        """Check whether a booking could be made; raises `Refused`."""

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
        """Make a booking, checking first if `checked`; raises `Refused`."""

    def places(self, object_id: str, day: date) -> int | None:
        """Return how many places an object has on a day, or None where i-Reserve does not tell."""

    def resources(self, object_id: str) -> frozenset[str]:
        """Return the resources that an object takes: objects that share one keep each other out."""

    def objects(self) -> list[Bookable]:
        """List the bookable objects."""

    def subscribe(self, event: str, address: str) -> str:
        """Register an outgoing webhook and return its id."""

    def unsubscribe(self, hook_id: str) -> None:
        """Remove an outgoing webhook; no error if it is already gone."""

    def customer_email(self, customer_id: str) -> str:
        """Return a customer's e-mail address, or ""; raises `Refused` (`no_right`) if the user may not see it."""

    # the rest is for the probe, which finds out what i-Reserve does not document

    def row(self, booking_id: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Return these columns for one booking, {} if it is not found; raises `Refused` if there is no such column."""

    def attempt(self, booking: Booking, change: BookingChange) -> Booking:
        """Write once and return the booking as it then shows, whether or not the change was made."""
