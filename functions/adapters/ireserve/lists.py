"""Lists: bookings by filter and objects by group, page by page; an object's places and resources."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from functions.adapters.ireserve import filter as rows
from functions.adapters.ireserve.fields import first, identity, texts, whole
from functions.adapters.ireserve.http import Rest, Values
from functions.application.ports import Bookable
from functions.domain.model.errors import Malformed, Refused
from functions.domain.settings.dialect import Dialect

PER_PAGE = 100
MOST_PAGES = 200
FOLLOWING = timedelta(days=27)  # longer than most stays, which fill the days after an overlap too
Row = Mapping[str, str]


class Lists:
    """Reads lists. Columns that this tenant refused once are not asked for again."""

    def __init__(self, rest: Rest, dialect: Dialect) -> None:
        self._rest = rest
        self._dialect = dialect
        self._lacks: set[str] = set()

    def search(self, criteria: str, assumed: Sequence[str], start: int, length: int) -> list[dict[str, str]]:
        """Return rows with the documented columns and, unless they are refused, the assumed ones."""
        wanted = [name for name in assumed if name not in self._lacks]
        try:
            return self._rows(criteria, (*rows.DOCUMENTED, *wanted), start, length)
        except Refused:
            if not wanted:
                raise
        found = self._rows(criteria, rows.DOCUMENTED, start, length)
        self._lacks.update(wanted)
        return found

    def between(
        self, first_day: date, last_day: date, today: date, start: int, length: int, object_id: str = ""
    ) -> list[dict[str, str]]:
        """Return a page of rows of bookings that start on these days; even a short one may not be the last.

        With `object_id` only those of one object, unless this tenant cannot search by object.
        """
        criteria = rows.search_between(first_day, last_day, today, self._dialect)
        columns = rows.assumed_columns(self._dialect)
        if object_id.isdecimal() and rows.PRODUCT not in self._lacks:
            try:
                return self.search(f"{criteria} AND {rows.PRODUCT} IN ({object_id})", columns, start, length)
            except Refused:
                self._lacks.add(rows.PRODUCT)
        return self.search(criteria, columns, start, length)

    def lasting(
        self, since: date, day: date, today: date, start: int, length: int, object_id: str = ""
    ) -> list[dict[str, str]]:
        """Return a page of rows of bookings that start from `since` on, before a day, and last into it.

        `object_id` as in `between`. Raises `Refused` at once if this tenant cannot search so.
        """
        criteria = rows.search_lasting(since, day, today, self._dialect)
        if object_id.isdecimal() and rows.PRODUCT not in self._lacks:
            criteria += f" AND {rows.PRODUCT} IN ({object_id})"
        wanted = [name for name in rows.assumed_columns(self._dialect) if name not in self._lacks]
        return self._rows(criteria, (*rows.DOCUMENTED, *wanted), start, length)

    def places(self, object_id: str, day: date) -> int | None:
        """Return how many places an object has on a day: free plus booked, the most of any slot with room.

        If every slot is full it is the fewest booked in one. That may be more than there are where a day is one slot;
        so if it is several, the weeks that follow are read too. None if no slot tells.
        https://support.i-reserve.net/nl/functionele-informatie/beschikbare-apis/api-object/get-search
        """
        with_room, full = self._slots(object_id, day, day)
        if not with_room and min(full, default=1) > 1:
            with_room, full = self._slots(object_id, day, day + FOLLOWING)
        return max(with_room, default=min(full, default=None))

    def _slots(self, object_id: str, since: date, until: date) -> tuple[list[int], list[int]]:
        """Return the places of each slot with room, and the places booked in each full one."""
        answer = self._rest.get("object/search", {"ids": object_id, "DateFrom": f"{since}", "DateTill": f"{until}"})
        listed = answer if isinstance(answer, list) else []
        days = (each.get("slots") for each in listed if isinstance(each, Mapping))
        lists = (of_day for each in days if isinstance(each, Mapping) for of_day in each.values())
        slots = (slot for of_day in lists if isinstance(of_day, list) for slot in of_day)
        found = [_free_and_booked(texts(slot)) for slot in slots if isinstance(slot, Mapping)]
        with_room = [free + booked for free, booked in found if free > 0]
        return with_room, [booked for free, booked in found if free <= 0 < booked]

    def changed(
        self, since: date, days: tuple[date, date], today: date, start: int, length: int
    ) -> list[dict[str, str]]:
        """Return a page of rows of bookings that start on these days and changed since one."""
        criteria = rows.search_between(*days, today, self._dialect)
        criteria += f" AND {rows.search_changed(since, today, self._dialect)}"
        return self.search(criteria, rows.assumed_columns(self._dialect), start, length)

    def row(self, booking_id: str, columns: Sequence[str]) -> Row:
        """Return the row of one booking, or {}; raises `Refused` for an unknown column."""
        found = self._rows(rows.search_number(booking_id, self._dialect), (*rows.DOCUMENTED, *columns), 0, 1)
        return next((row for row in found if rows.row_id(row) == booking_id), {})

    def resources(self, object_id: str) -> frozenset[str]:
        """Return the resources of an object.

        https://support.i-reserve.net/nl/functionele-informatie/beschikbare-apis/api-object/get-id
        """
        answer = self._rest.get(f"object/{quote(object_id, safe='')}", {"expand": "resources"})
        listed = answer.get("resources") if isinstance(answer, Mapping) else None
        each_one = listed.values() if isinstance(listed, Mapping) else listed if isinstance(listed, list) else ()
        found = (identity(texts(each), "res_id", "id") for each in each_one if isinstance(each, Mapping))
        return frozenset(filter(None, found))

    def objects(self) -> list[Bookable]:
        """Return every object once, by group."""
        found: dict[str, Bookable] = {}
        for group in self._groups():
            listed = group.get("objects") or []
            each_one = listed.values() if isinstance(listed, Mapping) else listed
            for each in filter(lambda one: isinstance(one, Mapping), each_one):
                shown = texts(each)
                number = identity(shown, "id", "obj_id")
                if number:
                    found.setdefault(
                        number,
                        Bookable(
                            id=number,
                            name=first(shown, "desc", "name", "short_desc"),
                            group=first(texts(group), "desc", "name"),
                            day_mode=number in self._dialect.day_objects,
                            main_id=identity(shown, "mainobjid"),
                        ),
                    )
        return list(found.values())

    def _groups(self) -> Iterator[Mapping[str, Any]]:
        # https://support.i-reserve.net/nl/ontwikkelaar/webservice-api/hoe-werkt-de-expansie-techniek/
        for page in range(1, MOST_PAGES + 1):
            query: Values = {"expand": "objects", "page": page, "per_page": PER_PAGE}
            answer = self._rest.get("group/search", query)
            groups = answer.get("groups") if isinstance(answer, Mapping) else answer
            if not isinstance(groups, list):
                raise Malformed("i-Reserve's answer is not a list of groups.", reason="groups_malformed")
            yield from (group for group in groups if isinstance(group, Mapping))
            if not groups or not isinstance(answer, Mapping) or page >= _pages(answer):
                return

    def _rows(self, criteria: str, columns: Sequence[str], start: int, length: int) -> list[dict[str, str]]:
        query: Values = {"search": criteria, "columns": ",".join(columns), "start": start, "length": length}
        if self._dialect.sorts:
            query = {**query, "orderfields": "RES_ID", "ordertype": "ASC"}
        return rows.rows_of(self._rest.get("booking/filter", query))


def _free_and_booked(slot: Row) -> tuple[int, int]:
    try:
        return whole(slot.get("free", "") or "0"), whole(slot.get("booked", "") or "0")
    except ValueError:
        return 0, 0


def _pages(answer: Mapping[str, Any]) -> int:
    try:
        return whole(texts(answer).get("pages", "") or "1")
    except ValueError:
        return 1
