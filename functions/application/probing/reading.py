"""The parts of the probe that read: how to search for bookings, and what a row of a list shows."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

from functions.application.ports import Reservations
from functions.application.probing.workbench import SURE_COLUMN, Bench
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Gone, Malformed, Refused
from functions.domain.model.zones import day_of
from functions.domain.settings.dialect import Dialect, code_and_name, plain_name

MOST_ROWS = 200
JUST_CHANGED = timedelta(minutes=10)


def search(b: Bench) -> None:
    """Find out how to search for a booking by its number and by its start date."""
    number = b.trial.booking
    for name in b.guesses("search_id"):
        with suppress(Refused, Gone, Malformed):
            if b.asking(search_id=name).row(number, (SURE_COLUMN,)):
                b.find(search_id=name)
                break
    before = b.trial.before.when
    for name in b.guesses("search_start"):
        for form in b.guesses("search_dates"):
            with suppress(Refused, Gone, Malformed):
                ireserve = b.asking(search_start=name, search_dates=form)
                there, elsewhere = b.listed(ireserve, before), b.listed(ireserve, b.later(before, 1))
                if number in there and number not in elsewhere:  # an ignored filter would find it on any day
                    b.find(search_start=name, search_dates=form)
                    return


def rows(b: Bench) -> None:
    """Find out what a row shows, by comparing rows with bookings whose values are known."""
    if "search_id" not in b.trial.found:
        raise Refused("bookings cannot be searched by number", reason=Cause.NOT_SEARCHABLE)
    objects = {b.trial.booking: (b.trial.before.object_id,)}
    if b.trial.second and b.trial.second_spot is not None:
        objects[b.trial.second] = (b.trial.second_spot.object_id,)
    _column(b, {number: values.__contains__ for number, values in objects.items()}, "column_object")
    known = [b.test_booking(), *([b.second()] if b.trial.second else [])]
    _column(b, {booking.id: _last_days(b, booking).__contains__ for booking in known}, "column_till_date")
    _column(b, {booking.id: partial(_is_status_of, b.dialect, booking) for booking in known}, "column_status")
    status_names(b, *known)
    _changes(b)
    _sorts(b)
    _rows_at_once(b)


def _column(b: Bench, expected: Mapping[str, Callable[[str], bool]], point: str) -> None:
    """Settle a column: the first guess whose value (in lower case) is the expected one for every booking, or None."""
    for name in b.guesses(point):
        with suppress(Refused):
            shown = {number: b.asking().row(number, (name,)).get(name, "").lower() for number in expected}
            if all(is_right(shown[number]) for number, is_right in expected.items()):
                b.find(**{point: name})
                return
    b.find(**{point: None})


def _changes(b: Bench) -> None:
    """Find out how a booking's last change is shown and searched, using the second booking, which has just changed."""
    if not b.trial.second or "search_start" not in b.trial.found:
        return
    second, zone = b.second(), b.session.settings.timezone
    day, today = day_of(second.starts, zone), day_of(b.session.now(), zone)
    b.find(column_changed=None, search_changed=None)
    for name in b.guesses("column_changed"):
        with suppress(Refused, Malformed):
            rows = b.asking(column_changed=name).between(day, day, start=0, length=MOST_ROWS)
            shown = [row.changed for row in rows if row.id == second.id]
            if shown and shown[0] is not None and abs(b.session.now() - shown[0]) < JUST_CHANGED:
                b.find(column_changed=name)
                break
    for name in b.guesses("search_changed"):
        with suppress(Refused, Malformed):
            ireserve, page = b.asking(search_changed=name), {"start": 0, "length": MOST_ROWS}
            found = [row.id for row in ireserve.changed_since(today, day, day, **page)]
            later = ireserve.changed_since(today + timedelta(days=1), day, day, **page)
            if second.id in found and not later:  # an ignored filter would find it both times
                b.find(search_changed=name)
                return


def _sorts(b: Bench) -> None:
    """Find out whether lists follow the requested order, if their default order differs from it."""
    if "search_start" not in b.trial.found:
        return
    window = _window(b)
    plain, asked = (_ids(b.asking(sorts=wanted), window) for wanted in (False, True))
    if plain is not None and plain != _in_order(plain):  # otherwise the default order is the requested one
        b.find(sorts=asked == _in_order(plain))


def _in_order(numbers: list[str]) -> list[str]:
    return sorted(numbers, key=lambda number: (len(number), number))


def _ids(ireserve: Reservations, window: tuple[date, date]) -> list[str] | None:
    with suppress(Refused, Malformed):
        return [row.id for row in ireserve.between(*window, start=0, length=MOST_ROWS)]
    return None


def _window(b: Bench) -> tuple[date, date]:
    first, last = b.session.settings.sync.window_days
    today = day_of(b.session.now(), b.session.settings.timezone)
    return today + timedelta(days=first), today + timedelta(days=last)


def external_id_column(b: Bench, value: str) -> None:
    """Settle the column of the external id, which the second booking now has."""
    if "search_id" in b.trial.found:
        _column(b, {b.trial.second: value.lower().__eq__}, "column_external_id")


def _last_days(b: Bench, booking: Booking) -> tuple[str, ...]:
    # the end of whole days may be the last day or the day after
    ends = day_of(booking.ends, b.session.settings.timezone)
    return (f"{ends}", f"{ends - timedelta(days=1)}") if booking.day_mode else (f"{ends}",)


def _is_status_of(dialect: Dialect, booking: Booking, shown: str) -> bool:
    """Whether this is a booking's status, as the product would read it in a row, or the name that the booking shows."""
    name = plain_name(code_and_name(shown)[1])
    return dialect.status_of(shown) == booking.status or (bool(name) and name == _name(booking))


def _rows_at_once(b: Bench) -> None:
    """Find out whether an answer lists fewer bookings than requested although there are more."""
    if "search_start" not in b.trial.found:
        return
    ireserve = b.asking()
    since, until = _window(b)
    page = [row.id for row in ireserve.between(since, until, start=0, length=MOST_ROWS)]
    more: list[Any] = [row.id for row in ireserve.between(since, until, start=len(page), length=MOST_ROWS)]
    if len(page) >= MOST_ROWS:
        b.find(rows_at_once=None)
    elif page and set(more) - set(page):
        b.find(rows_at_once=len(page))


def status_names(b: Bench, *bookings: Booking) -> None:
    """Learn status names from bookings that show a code beside the name."""
    seen = {
        name: booking.status for booking in bookings if booking.fields.get("status_code") and (name := _name(booking))
    }
    if seen:
        b.find(status_names=tuple({**b.dialect.status_codes, **seen}.items()))


def _name(booking: Booking) -> str:
    return plain_name(code_and_name(booking.fields.get("status", ""))[1])
