"""Lists the bookings of some days and goes through them in steps of any length; an unfinished list is stored.

Each page of i-Reserve's list is fetched once, however many steps its bookings take, and a crash repeats at most one
step. A row only says where to look: every decision reads the booking again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from functions.application.ports import BookingRow, Path, Transaction
from functions.application.store.integrations import path_of
from functions.application.store.records import record_of, stored
from functions.application.sync.pages import pages
from functions.application.sync.session import SyncSession

PART = 500  # rows per stored document
KEPT = timedelta(days=7)
TOGETHER = 100  # rows at a time, with their links read in one call


@dataclass(frozen=True, slots=True)
class Position:
    """The place in a list: `start` of the next page, the number of stored `parts`, the next `row` of `part`.

    `whole`: all pages were listed.
    """

    start: int = 0
    parts: int = 0
    whole: bool = False
    part: int = 0
    row: int = 0


NEW = Position()


@dataclass(frozen=True, slots=True)
class _Part:
    rows: tuple[BookingRow, ...]


class Listing:
    """The list that `list_page` gives (by `start` and `length`), for one `owner` (a kind of scan, or the plan) at a time.

    Nothing is stored for an owner that no longer `stands`: its place is that of another list by now.
    """

    def __init__(
        self,
        session: SyncSession,
        owner: str,
        list_page: Callable[..., list[BookingRow]],
        position: Position,
        stands: Callable[[Transaction], bool] = lambda _tx: True,
    ) -> None:
        self._session, self._owner, self._list_page = session, owner, list_page
        self._position, self._stands = position, stands
        self._fresh: list[BookingRow] = []  # listed in this step
        self._passed = 0  # rows of the current part, or of the fresh ones
        self._last: tuple[int, list[BookingRow] | None] = (-1, None)  # the part read last; None: it has expired

    @property
    def whole(self) -> bool:
        """Whether the listing is complete."""
        return self._position.whole

    @property
    def bookings(self) -> int:
        """About how many bookings were listed: those stored for later steps, or else those of the only step."""
        last = self._position.parts - 1
        return last * PART + len(self._kept(last)) if last >= 0 else len(self._fresh)

    def list_on(
        self,
        over: Callable[[], bool],
        more: Callable[[Collection[str]], Iterable[str]] = lambda _known: (),
        by: Callable[[BookingRow], str] = lambda _row: "",
    ) -> None:
        """List until complete or `over`, at least one page; `more` adds bookings, given those listed.

        What one step has listed is gone through in the order `by`.
        """
        position = self._position
        if position.part < position.parts and self._read(position.part) is None:
            position = self._position = NEW  # after a long pause; those looked at before are looked at again
        # a step may be gone through in another order than i-Reserve's, so the last rows listed may be in any part
        known = set[str]() if position.whole else {row.id for row in self.rows()}
        for page in () if position.whole else pages(self._session, self._list_page, known, position.start):
            self._fresh += page.new
            position = replace(position, start=page.next, whole=not page.new)
            if not position.whole and over():
                break
        if position.whole and not self._position.whole:
            self._fresh += [BookingRow(booking_id) for booking_id in more(known)]
        self._fresh.sort(key=by)
        self._position = position

    def pages(self) -> Iterator[list[BookingRow]]:
        """Yield the remaining rows, some at a time; the caller reports each with `passed`, or gets them again."""
        for part in range(self._position.part, self._position.parts):
            rows = self._kept(part)
            self._position = replace(self._position, part=part)
            self._passed = self._position.row
            while self._passed < len(rows):
                yield rows[self._passed : self._passed + TOGETHER]
            self._position = replace(self._position, part=part + 1, row=0)
        self._passed = 0
        while self._passed < len(self._fresh):
            yield self._fresh[self._passed : self._passed + TOGETHER]

    def rows(self) -> Iterator[BookingRow]:
        """Yield every row listed so far, also those already looked at in this step."""
        for part in range(self._position.parts):
            yield from self._kept(part)
        yield from self._fresh

    def passed(self, rows: int) -> None:
        """Record that this many more rows were looked at."""
        self._passed += rows

    def keep(self) -> Position:
        """Store the rest for the next step, and return where it begins."""
        position = self._position
        if position.part < position.parts:
            position = replace(position, row=self._passed)
        else:
            self._fresh = self._fresh[self._passed :]
        parts = [self._fresh[first : first + PART] for first in range(0, len(self._fresh), PART)]
        expires = self._session.now() + KEPT
        for number, rows in enumerate(parts, position.parts):
            self._session.ports.documents.transact(partial(self._put, number, rows, expires))
        return replace(position, parts=position.parts + len(parts))

    def _put(self, number: int, rows: list[BookingRow], expires: datetime, tx: Transaction) -> None:
        if self._stands(tx):
            tx.put(self._part_path(number), stored(_Part(tuple(rows))), expires=expires)

    def _kept(self, part: int) -> list[BookingRow]:
        return self._read(part) or []

    def _read(self, part: int) -> list[BookingRow] | None:
        if self._last[0] != part:
            body = self._session.ports.documents.get(self._part_path(part))
            self._last = (part, list(record_of(_Part, body, "the list of bookings").rows) if body is not None else None)
        return self._last[1]

    def _part_path(self, part: int) -> Path:
        return path_of(self._session.id, "listings", f"{self._owner}-{part}")
