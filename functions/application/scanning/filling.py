"""Which calendars a scan is filling: its writes come back as notifications, so these calendars are pulled less often.

A scan takes the bookings of some days calendar by calendar, so that it fills each one for a few seconds only. Meanwhile
its notifications share a pull a minute, at a second of that calendar's own, which also finds what people changed there.
Of a scan that changes little they are too few to make anybody wait for them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from functions.application.ports import BookingRow
from functions.application.scanning.progress import Scan
from functions.application.store import calendars
from functions.application.sync.session import SyncSession

FILLED = timedelta(minutes=1)  # after the last mark, so that second looks share that pull as well
MARKED = timedelta(seconds=2)  # how often a calendar is marked again
MANY = 60  # bookings that a scan changed before it counts as filling


class Filling:
    """The calendars that one chunk of a scan fills."""

    def __init__(self, session: SyncSession, scan: Scan) -> None:
        self._session = session
        self._changed = scan.changed
        self._marked = dict[str, datetime]()

    def calendar_of(self, row: BookingRow) -> str:
        """Return the calendar of a booking as its row shows it, or ""."""
        return (row.object_id and self._session.settings.calendar_of(row.object_id)) or ""

    def mark(self, scan: Scan, rows: Iterable[BookingRow]) -> None:
        """Mark the calendars of these bookings as being filled, if the scan changed many and is still changing them."""
        changing, self._changed = scan.changed > self._changed, scan.changed
        if scan.lane != "backfill" or scan.changed < MANY or not changing:
            return
        now = self._session.now()
        for calendar in sorted({self.calendar_of(row) for row in rows} - {""}):
            if now - self._marked.get(calendar, now - MARKED) >= MARKED:
                self._marked[calendar] = now
                documents, until = self._session.ports.documents, now + FILLED
                calendars.note(documents, self._session.id, calendar, lambda s: replace(s, filled_until=until))  # noqa: B023 -- called at once
