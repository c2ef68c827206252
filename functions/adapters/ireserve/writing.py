"""Changes and makes bookings, and checks that i-Reserve did what it said.

https://support.i-reserve.net/en/functional-information/available-apis/api-hook/post-hook-booking
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from functions.adapters.ireserve.booking import booking_id, fields_of
from functions.adapters.ireserve.change import (
    change_body,
    check_body,
    end_rule_of,
    has_clock_times,
    is_ambiguous,
    new_body,
    unapplied,
)
from functions.adapters.ireserve.http import Rest, Values
from functions.adapters.ireserve.refusals import is_incomplete, is_nothing
from functions.adapters.ireserve.times import DayEnd
from functions.domain.model.appointment import Timed, When, without_length
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Malformed, Refused
from functions.domain.model.messages import say
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.dialect import Dialect

HOOK = "hook/booking/"


class Writing(ABC):
    """The writes of `Reservations`, through the incoming hook."""

    def __init__(
        self, rest: Rest, zone: str, day_end: DayEnd, dialect: Dialect, sleep: Callable[[float], None]
    ) -> None:
        self._rest = rest
        self._zone = zone
        self._day_end = day_end
        self._dialect = dialect
        self._sleep = sleep

    @abstractmethod
    def _shown(self, fields: Mapping[str, str]) -> Booking:
        """Make a booking of an answer's fields, reading more if it must."""

    def write(self, booking: Booking, change: BookingChange) -> Booking:
        """Change a booking by its id: one call if the answer shows the booking with what was asked.

        If the answer has only the id, or still shows the old status, the booking is read. `ignore_validation` sends the
        tenant's override, if known. Raises `Refused` (`not_applied` if i-Reserve accepted the change but shows something
        else).
        """
        if isinstance(change.when, Timed) and booking.starts == booking.ends:
            change = replace(change, when=without_length(change.when))
        if change.when is not None:
            by_the_hour = not booking.day_mode and change.object_id in (None, booking.object_id)
            self._must_be_clear(change.object_id or booking.object_id, change.when, by_the_hour=by_the_hour)
        rule = end_rule_of(change.object_id or booking.object_id, self._day_end, self._dialect)
        answered = self._answered(booking, change, rule)
        lacking = unapplied(answered, change, self._zone, rule)
        if lacking == ("status",):
            self._sleep(self._dialect.status_lag_seconds)
            answered = self._shown({"id": booking.id})
            lacking = unapplied(answered, change, self._zone, rule)
        if lacking:
            raise Refused(
                say("i-Reserve accepted a change of booking {} without making it: {}.", booking.id, ", ".join(lacking)),
                reason=Cause.NOT_APPLIED,
                form="old_values",
            )
        return answered

    def attempt(self, booking: Booking, change: BookingChange) -> Booking:
        """Write once, with the fields that the dialect adds to an update, and return the booking as it then shows."""
        rule = end_rule_of(change.object_id or booking.object_id, self._day_end, self._dialect)
        fields = self._posted(booking, change, rule, self._dialect.update_carries)
        return self._shown({**fields, "id": booking.id})

    def check(self, object_id: str, when: When, number: int) -> None:
        """Ask whether a booking could be made; raises `Refused`.

        The check has wall clock times only, so a period is not checked if its end, in autumn's repeated hour, reads no
        later than its start.
        """
        rule = end_rule_of(object_id, self._day_end, self._dialect)
        if not has_clock_times(when, self._zone):
            return
        try:
            self._rest.post("booking/check", check_body(object_id, when, number, self._zone, rule))
        except Gone as error:
            raise Refused(say("i-Reserve makes no booking: {}", error), reason="other") from None

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
        """Check and make a booking; return it as i-Reserve made it, even if it differs from what was asked.

        If a booking has this external id already, i-Reserve changes that one. But the check would fail, because that
        booking takes the slot; so after a crash call this with `checked` False.
        """
        self._must_be_clear(object_id, when)
        if checked:
            self.check(object_id, when, number)
        rule = end_rule_of(object_id, self._day_end, self._dialect)
        try:
            body = new_body(object_id, when, number, status, external_id, fields, self._zone, rule)
            made = _fields(self._rest.post(HOOK, body))
        except Gone as error:
            raise Refused(say("i-Reserve makes no booking: {}", error), reason="other") from None
        if not booking_id(made):
            raise Refused(
                "i-Reserve accepted a booking without making it.", reason=Cause.NOT_APPLIED, form="old_values"
            )
        return self._shown(made)

    def _must_be_clear(self, object_id: str, when: When, *, by_the_hour: bool = False) -> None:
        if is_ambiguous(object_id, when, self._zone, self._day_end, self._dialect, by_the_hour=by_the_hour):
            raise Refused(
                say("It is not known whether object {} is booked by the day or by the hour; say so.", object_id),
                reason="day_or_hour",
            )

    def _answered(self, booking: Booking, change: BookingChange, rule: DayEnd) -> Booking:
        carried = self._dialect.update_carries
        try:
            fields = self._posted(booking, change, rule, carried)
        except Refused as error:
            if not is_incomplete(str(error)) or "number" in carried:
                raise
            # nothing was written; only the number is added, because with an object a deleted booking could be made anew
            carried = (*carried, "number")
            fields = self._posted(booking, change, rule, carried)
        if booking_id(fields) not in ("", booking.id):
            raise Malformed(say("i-Reserve changed another booking than {}.", booking.id), reason="other_booking")
        answered = self._shown({**fields, "id": booking.id})
        if "number" not in carried and answered.fields.get("number") and answered.number == 1 < booking.number:
            # this tenant sets one place on an update without a number: correct it at once
            fields = self._posted(booking, BookingChange(), rule, ("number",))
            answered = self._shown({**fields, "id": booking.id})
        return answered

    def _posted(
        self, booking: Booking, change: BookingChange, rule: DayEnd, carried: tuple[str, ...]
    ) -> Mapping[str, str]:
        body = change_body(booking, change, self._zone, rule, carried)
        query: Values = {}
        if change.ignore_validation and self._dialect.override is not None:
            place, name, value = self._dialect.override
            if place == "body":
                body[name] = value
            else:
                query = {name: int(value) if isinstance(value, bool) else value}
        return _fields(self._rest.post(HOOK, body, query))


def _fields(answer: Any) -> Mapping[str, str]:
    return {} if is_nothing(answer) else fields_of(answer)
