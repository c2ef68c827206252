"""i-Reserve as the port `Reservations`, over its documented methods only.

https://support.i-reserve.net/en/functional-information/available-apis/
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.adapters.ireserve import filter as rows
from functions.adapters.ireserve.booking import booking_from, booking_id, fields_of, is_whole, object_id
from functions.adapters.ireserve.fields import first, identity, texts
from functions.adapters.ireserve.http import Rest
from functions.adapters.ireserve.lists import Lists
from functions.adapters.ireserve.refusals import is_nothing
from functions.adapters.ireserve.times import DayEnd
from functions.adapters.ireserve.writing import Writing
from functions.application.ports import Bookable, BookingRow
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Malformed, Refused
from functions.domain.model.messages import say
from functions.domain.model.zones import day_of
from functions.domain.settings.dialect import Dialect

if TYPE_CHECKING:
    import requests

FEW = 4  # the most results of a search that are looked at one by one


def _now() -> datetime:
    return datetime.now(UTC)


class IReserve(Writing):
    """One tenant as one API user; `base_url` is up to `/api/rest`, `timezone` an IANA name.

    The session comes from `outgoing.session`, for one thread; `password` is called before each call.
    """

    def __init__(
        self,
        base_url: str,
        username: str,
        password: Callable[[], str],
        timezone: str,
        day_end: DayEnd,
        dialect: Dialect,
        session: "requests.Session",
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(Rest(base_url, username, password, session, sleep), timezone, day_end, dialect, sleep)
        self._lists = Lists(self._rest, dialect)
        self._clock = clock

    def read(self, booking_id: str) -> Booking:
        """Read one booking in one call, or two if this tenant's answer lacks fields that a row shows."""
        try:
            answer = self._rest.get(f"booking/{quote(booking_id, safe='')}")
        except Refused as error:
            raise Malformed(
                say("Booking {} of i-Reserve cannot be read: {}", booking_id, error), reason=error.reason
            ) from None
        if is_nothing(answer):
            raise Gone(say("i-Reserve has no booking {}.", booking_id), reason="not_found")
        found = self._booking(fields_of(answer))
        if found.id != booking_id:
            raise Malformed(say("i-Reserve answers another booking than {}.", booking_id), reason="other_booking")
        return found

    def find(self, field_name: str, value: str) -> Booking | None:
        """Find the booking that holds an event id; raises `Refused` (`not_searchable`) if no search can tell.

        i-Reserve may ignore a search name that it does not know, so a result must show the id.
        """
        criteria = rows.search_value(field_name, value, self._dialect)
        column = self._dialect.column_external_id if field_name == "external_id" else f"RES_{field_name.upper()}"
        try:
            found = self._lists.search(criteria, [column] if column else [], 0, FEW)
        except Refused as error:
            raise Refused(
                say("i-Reserve cannot search bookings by {}.", field_name), reason=Cause.NOT_SEARCHABLE
            ) from error
        shown = {rows.row_id(row): rows.value(row, column) for row in found if rows.row_id(row)}
        trusted = len(shown) == 1 and field_name == "external_id" and "search_external_id" in self._dialect.known
        for number in (number for number, held in shown.items() if held in ("", value)):
            with suppress(Gone):
                booking = self.read(number)
                if value in (shown[number], booking.value_of(field_name)) or (trusted and not booking.external_id):
                    return booking
        if shown:
            raise Refused("i-Reserve does not show that it searched for the event's id.", reason=Cause.NOT_SEARCHABLE)
        return None

    def between(self, first: date, last: date, *, start: int, length: int, object_id: str = "") -> list[BookingRow]:
        """Return a page of bookings by start date; the next one starts as many rows later as this one has bookings.

        So pages overlap where a booking has several rows, and a tenant whose pages are short loses nothing.
        """
        today = day_of(self._clock(), self._zone)
        return self._listed(self._lists.between(first, last, today, start, length, object_id))

    def lasting_into(self, day: date, since: date, *, start: int, length: int, object_id: str = "") -> list[BookingRow]:
        """Return a page of the bookings that start from `since` on, before a day, and last into it, paged like `between`.

        Raises `Refused` if a row shows that i-Reserve did not search by the end, as it may ignore a name that it does not know,
        or if none of many shows its end.
        """
        today = day_of(self._clock(), self._zone)
        listed = self._listed(self._lists.lasting(since, day, today, start, length, object_id))
        ends = [row.ends for row in listed if row.ends is not None]
        if any(day_of(end, self._zone) < day for end in ends) or (not ends and len(listed) > FEW):
            raise Refused("i-Reserve cannot search bookings by their last day.", reason=Cause.NOT_SEARCHABLE)
        return listed

    def changed_since(self, since: date, first: date, last: date, *, start: int, length: int) -> list[BookingRow]:
        """Return a page of the bookings that start on these days and changed since one, paged like `between`."""
        today = day_of(self._clock(), self._zone)
        return self._listed(self._lists.changed(since, (first, last), today, start, length))

    def _listed(self, found: list[dict[str, str]]) -> list[BookingRow]:
        listed = rows.booking_rows(found, self._zone, self._dialect)
        if found and not listed:
            raise Malformed("i-Reserve's rows do not name their bookings.", reason="rows_malformed")
        return listed

    def places(self, object_id: str, day: date) -> int | None:
        """Return how many places an object has on a day; see `Lists.places`."""
        try:
            return self._lists.places(object_id, day)
        except (Gone, Malformed, Refused):
            return None

    def resources(self, object_id: str) -> frozenset[str]:
        """Return the resources that an object takes; none where i-Reserve knows no such object."""
        try:
            return self._lists.resources(object_id)
        except (Gone, Refused):
            return frozenset()

    def objects(self) -> list[Bookable]:
        """List the objects that can be booked."""
        return self._lists.objects()

    def subscribe(self, event: str, address: str) -> str:
        """Register an outgoing webhook and return its id."""
        answer = self._rest.post(f"hook/subscribe/{quote(event, safe='')}", {"target_url": address})
        number = identity(texts(answer), "id") if isinstance(answer, Mapping) else ""
        if not number:
            raise Malformed("i-Reserve does not say the number of the new webhook.", reason="hook_malformed")
        return number

    def unsubscribe(self, hook_id: str) -> None:
        """Remove an outgoing webhook; one that does not exist is no error."""
        try:
            self._rest.delete(f"hook/{quote(hook_id, safe='')}")
        except Gone:
            return

    def customer_email(self, customer_id: str) -> str:
        """Return the e-mail address of a customer, or ""."""
        try:
            answer = self._rest.get(f"customer/{quote(customer_id, safe='')}")
        except Gone:
            return ""
        return first(texts(answer), "email") if isinstance(answer, Mapping) else ""

    def row(self, booking_id: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Return one booking's row with these columns, for the probe; raises `Refused` for an unknown column."""
        found = self._lists.row(booking_id, columns)
        return {column: rows.value(found, column) for column in columns} if found else {}

    def _shown(self, fields: Mapping[str, str]) -> Booking:
        """Return the booking of an answer, reading it if the answer has only the id."""
        if not is_whole(fields):
            return self.read(booking_id(fields))
        return self._booking(fields)

    def _booking(self, fields: Mapping[str, str]) -> Booking:
        """Make a booking; fields that this tenant's answers lack are looked up in its row."""
        wanted = {
            "object_id": "" if object_id(fields) else self._dialect.column_object,
            "external_id": self._dialect.column_external_id if self._dialect.external_id_returned is False else "",
        }
        columns = {name: column for name, column in wanted.items() if column}
        number = booking_id(fields)
        if columns:
            with suppress(Refused):
                row = self._lists.row(number, tuple(columns.values()))
                fields = {**fields, **{name: rows.value(row, column) for name, column in columns.items()}}
        return booking_from(fields, self._zone, self._day_end, self._dialect)
