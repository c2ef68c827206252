"""The dialect: how this i-Reserve does what the vendor does not document, as found by a probe or assumed.

Each field has a default, assumed until a probe settles it, and a sentence that states the assumption. `known` names
the settled fields; diagnostics show the others as assumed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

T = TypeVar("T")
STATUS = re.compile(r"(-?[0-9]{1,9})(?:\.0+)?(?:\s*-\s*(\S.*))?")
# https://support.i-reserve.net/en/user/reservation/colors-reservation-roster/ (an administrator may change them)
STATUS_NAMES = (
    ("new", 10),
    ("open", 20),
    ("paid", 30),
    ("changed", 40),
    ("cancelled", 70),
    ("rejected", 80),
    ("closed", 90),
    ("location", 98),
    ("dummy", 99),
)


def _assumed(says: str, *, default: T) -> T:
    result: T = field(default=default, metadata={"says": says})
    return result


@dataclass(frozen=True, slots=True)
class Dialect:
    """One i-Reserve's undocumented behaviour."""

    search_id: str = _assumed(
        "The booking's number is searched by this name (printed in an example).", default="BOOKING_ID"
    )
    search_start: str = _assumed("The start date is searched by this name (seen in an example).", default="startdatum")
    search_dates: Literal["relative", "absolute"] = _assumed(
        'Dates are searched as days from today, such as "7d" (the only form seen); absolute is YYYY-MM-DD.',
        default="relative",
    )
    search_external_id: str | None = _assumed(
        "The external id is searched by this name; none: it cannot be searched.", default="external_id"
    )
    search_custom: str | None = _assumed(
        "Custom field nn is searched by this name followed by nn.", default="RES_CUSTOM"
    )
    column_till_date: str | None = _assumed("A row shows the end date under this name.", default="RES_TILDATE")
    column_status: str | None = _assumed("A row shows the status under this name.", default="RES_STATUS")
    column_object: str | None = _assumed("A row shows the object's number under this name.", default="RES_OBJ_ID")
    column_external_id: str | None = _assumed("A row shows the external id under this name.", default="RES_EXTERNAL_ID")
    external_id_returned: bool | None = _assumed("Whether a booking that is read shows its external id.", default=None)
    external_id_clearable: bool = _assumed("The external id of a booking can be emptied.", default=True)
    external_id_max_length: int | None = _assumed(
        "The longest external id that is kept whole, in characters; not known: any is.", default=None
    )
    column_changed: str | None = _assumed(
        "A row shows when its booking last changed under this name; none: it does not.", default=None
    )
    search_changed: str | None = _assumed(
        "Bookings are searched by the day of their last change under this name; none: they cannot.", default=None
    )
    sorts: bool = _assumed("Lists are sorted by orderfields and ordertype.", default=False)
    rows_at_once: int | None = _assumed("The most bookings that one answer lists; not known: any.", default=None)
    update_carries: tuple[str, ...] = _assumed(
        "An update keeps what it does not name; else it must carry these too (object_id, date, number).", default=()
    )
    # where it goes (JSON body or query), its name, its value
    override: tuple[Literal["body", "query"], str, str | int | bool] | None = _assumed(
        "How a write is made without validation; none: it cannot.", default=None
    )
    hook_events: tuple[str, ...] = _assumed(
        "These webhooks tell of every change (both names are printed).", default=("booking_created", "booking_updated")
    )
    write_validates: bool = _assumed("A write is refused when the period is taken.", default=True)
    write_mails: bool = _assumed("A change of status by this service mails the customer.", default=True)
    write_fires_hooks: bool = _assumed("This service's own writes come back as webhooks.", default=True)
    hook_lead_seconds: float = _assumed("A webhook comes at most this long before its change can be read.", default=5.0)
    status_lag_seconds: float = _assumed("A status that was written can be read at most this much later.", default=1.0)
    refusals: Literal["any", "status_false", "http_error", "old_values"] = _assumed(
        "How a refused write looks; every form is understood.", default="any"
    )
    day_objects: tuple[str, ...] = _assumed(
        "These objects are booked by the day; of one in neither list a booking from midnight to midnight is.",
        default=(),
    )
    hour_objects: tuple[str, ...] = _assumed("These objects are booked by the hour.", default=())
    status_names: tuple[tuple[str, int], ...] = _assumed(
        "Codes of statuses that are given by name only: i-Reserve's default ones.", default=STATUS_NAMES
    )
    built_in_active: bool | None = _assumed(
        "Whether i-Reserve's own Google Calendar integration still writes event ids into bookings.", default=None
    )
    known: frozenset[str] = frozenset()

    def assumptions(self) -> Iterator[tuple[str, str]]:
        """Yield the name and sentence of every point that no probe has settled."""
        for each in fields(self):
            if each.metadata and each.name not in self.known:
                yield each.name, each.metadata["says"]

    @property
    def status_codes(self) -> dict[str, int]:
        """The codes of statuses by their names, as `plain_name` writes them."""
        return {plain_name(name): code for name, code in self.status_names}

    def status_of(self, shown: str) -> int | None:
        """Return the code of a status as i-Reserve shows it (see `code_and_name`), or None for an unknown name."""
        code, name = code_and_name(shown)
        return self.status_codes.get(plain_name(name)) if code is None else code

    def as_body(self) -> dict[str, Any]:
        """Return the settled points as JSON; defaults are not stored, so that improved ones take effect."""
        return {name: getattr(self, name) for name in sorted(self.known)}


def code_and_name(status: str) -> tuple[int | None, str]:
    """Return what i-Reserve shows of a status: its code (`70`), its name (`Cancelled`), or both, as in its panel (`70-CANCELLED`)."""
    found = STATUS.fullmatch(status.strip())
    return (int(found[1]), found[2] or "") if found is not None else (None, status.strip())


def plain_name(status: str) -> str:
    """Return a status name without what does not tell names apart: case, and space around it."""
    return status.strip().lower()


POINTS = frozenset(each.name for each in fields(Dialect)) - {"known"}


def dialect_from(body: Mapping[str, Any]) -> Dialect:
    """Return the dialect from `as_body`'s JSON, with tuples for lists; names of former fields are ignored."""
    kept = {name: _frozen(value) for name, value in body.items() if name in POINTS}
    return Dialect(**kept, known=frozenset(kept))


def _frozen(value: object) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list | tuple) else value
