"""Combined spaces: objects that share a resource exclude each other, so each calendar shows the other's bookings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.sync.session import open_session
from functions.domain.model.errors import Transient
from functions.domain.model.messages import say
from functions.domain.settings.schema import MappingRow

MOST = 100  # rows whose resources are asked for: one call each
AT_ONCE = 8
LONGEST = timedelta(seconds=18)  # what has begun by then is finished: together less than a request may take


def proposed(ports: Ports, int_id: str, rows: Sequence[MappingRow]) -> list[MappingRow]:
    """Return the rows, each with the calendars of the objects it shares a resource with; raises what reading raises."""
    session = open_session(ports, integrations.get(ports.documents, int_id))
    asked = [row.object for row in rows if row.object not in ("", "*") and row.calendar][:MOST]
    began, takes = ports.clock(), dict[str, frozenset[str]]()
    for first in range(0, len(asked), AT_ONCE):
        if ports.clock() - began >= LONGEST:
            raise Transient(
                say(
                    "i-Reserve answers too slowly to be asked about all objects ({} of {}); try again when it is faster",
                    first,
                    len(asked),
                ),
                reason="slow",
            )
        some = asked[first : first + AT_ONCE]
        found = ports.in_parallel([partial(session.again().reservations.resources, each) for each in some])
        takes.update(zip(some, found, strict=True))
    return [_with_others(row, rows, takes) for row in rows]


def _with_others(row: MappingRow, rows: Sequence[MappingRow], takes: dict[str, frozenset[str]]) -> MappingRow:
    mine = takes.get(row.object, frozenset())
    others = (
        each.calendar for each in rows if each.object != row.object and mine & takes.get(each.object, frozenset())
    )
    also = dict.fromkeys((*row.also, *(each for each in others if each != row.calendar)))
    return replace(row, also=tuple(also))
