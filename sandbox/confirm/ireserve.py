"""Checks the rows about i-Reserve by reading one booking, and by making one on a test object if named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests

from sandbox.confirm.finding import Finding, holds

COLUMNS = ("RES_TILDATE", "RES_STATUS", "RES_OBJ_ID", "RES_EXTERNAL_ID")
NOBODY = 999_999_999
EVENT_ID = "0confirm0confirm0confirm0confirm"  # of the length of this service's ids
CANCELLED = 70
DAYS_AHEAD = 60


@dataclass(frozen=True)
class Tenant:
    """What to check: the interface up to `/api/rest`, a booking to read, and a test object ("" = only read)."""

    session: requests.Session
    url: str
    booking: str
    thing: str = ""

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Return the status and the JSON of an answer, None without JSON."""
        answer = self.session.request(method, f"{self.url}/{path}", json=body, params=query, timeout=30)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, None

    def rows(self, columns: str, search: str, **more: Any) -> list[dict[str, Any]] | None:
        """Return rows of booking/filter, None where it refuses."""
        _, rows = self.call("GET", "booking/filter", search=search, columns=columns, start=0, length=50, **more)
        return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else None


def ask(tenant: Tenant) -> Iterator[Finding]:
    """Give a finding for every row that can be asked about."""
    status, answer = tenant.call("GET", f"booking/{tenant.booking}")
    bare = isinstance(answer, dict) and "id" in answer
    yield holds("I1", f"HTTP {status}, fields {_names(answer)}", believed=bare and "date_from" in answer)
    yield holds("I2", "bare" if bare else f"{type(answer).__name__} {_names(answer)}", believed=bare)
    yield holds(
        "I3",
        f"external_id {'shown' if 'external_id' in (answer or {}) else 'not shown'}",
        believed="external_id" in (answer or {}),
    )
    missing, _ = tenant.call("GET", f"booking/{NOBODY}")
    yield holds("I5", f"HTTP {missing} for a booking that is not there", believed=missing == 404)
    yield from _lists(tenant)
    if tenant.thing:
        yield from _writes(tenant)


def _lists(tenant: Tenant) -> Iterator[Finding]:
    number = f"BOOKING_ID = {tenant.booking}"
    row = next(iter(tenant.rows("RES_ID,RES_FROMDATE,RES_FROMTIME", number) or []), {})
    raw = (row.get("RES_FROMDATE_raw"), row.get("RES_FROMTIME_raw"))
    yield holds("I6", f"{raw}, shown as {row.get('RES_FROMTIME')}", believed=isinstance(raw[1], int))
    lacking = [name for name in COLUMNS if not tenant.rows(f"RES_ID,{name}", number)]
    yield holds("I7", f"not there: {', '.join(lacking) or 'none'}", believed=not lacking)
    unknown = tenant.rows("RES_ID,RES_NO_SUCH_COLUMN", number)
    yield holds("I8", "refused" if unknown is None else "ignored", believed=unknown is None)
    changed = tenant.rows("RES_ID,RES_UPDATED", f'{number} AND bijgewerkt >= "-3650d"')
    yield holds("I9", "RES_UPDATED and bijgewerkt " + ("work" if changed else "do not"), believed=bool(changed))
    orders = [tenant.rows("RES_ID", "BOOKING_ID > 0", orderfields="RES_ID", ordertype=way) for way in ("ASC", "DESC")]
    ids = [[int(each["RES_ID"]) for each in order or []] for order in orders]
    if min(len(each) for each in ids) > 1:
        yield holds("I10", "sorted" if ids[0] != ids[1] else "not sorted", believed=ids[0] != ids[1])
    else:
        yield Finding("I10", "not told", "too few bookings")
    _, answer = tenant.call("GET", "group/search", expand="objects", page=1, per_page=5)
    groups = answer.get("groups") if isinstance(answer, dict) else answer
    listed = [each for group in groups or [] if isinstance(group, dict) for each in group.get("objects") or []]
    shown = any(isinstance(each, dict) and "mainobjid" in each for each in listed)
    yield holds("I28", f"{len(listed)} objects, main objects {'shown' if shown else 'not shown'}", believed=not shown)


def _writes(tenant: Tenant) -> Iterator[Finding]:
    made: list[str] = []
    try:
        yield from _tried(tenant, made)
    finally:
        for number in made:
            tenant.call("POST", "hook/booking/", {"id": number, "status_code": CANCELLED})


def _tried(tenant: Tenant, made: list[str]) -> Iterator[Finding]:
    def write(body: dict[str, Any]) -> dict[str, Any]:
        _, answer = tenant.call("POST", "hook/booking/", body)
        shown = answer if isinstance(answer, dict) else {}
        if "id" not in body and str(shown.get("id") or "").isdigit():
            made.append(str(shown["id"]))
        return shown

    start = (datetime.now(UTC) + timedelta(days=DAYS_AHEAD)).replace(hour=2, minute=0, second=0, microsecond=0)
    when = {"date_from": _iso(start), "date_till": _iso(start + timedelta(minutes=30))}
    thing = int(tenant.thing) if tenant.thing.isdigit() else tenant.thing
    first = write({"object_id": thing, **when, "remarks": "TEST sandbox.confirm"})
    yield holds("I13", f"places {first.get('number')} without a number", believed=str(first.get("number")) == "1")
    if not made:
        yield Finding("I14", "not told", f"no booking could be made: {first.get('messages') or first.get('error')}")
        return
    yield holds(
        "I12", f"new bookings have status {first.get('status_code')}", believed=str(first.get("status_code")) == "10"
    )
    second = write({"object_id": thing, **when, "number": 1, "remarks": "TEST sandbox.confirm"})
    refused = len(made) == 1
    yield holds("I14", "a conflict is refused" if refused else "a conflict is saved", believed=refused)
    if refused:
        yield holds("I15", f"says no as {_names(second)}", believed=second.get("status") is False)
    write({"id": made[0], "external_id": EVENT_ID})
    found = tenant.rows("RES_ID", f'external_id = "{EVENT_ID}"')
    yield holds(
        "I4", f"an id of 32 characters finds {len(found or [])}", believed=bool(found) and len(found or []) == 1
    )
    night = _second_half_past_two()
    moved = write({"id": made[0], "date_from": _iso(night), "date_till": _iso(night + timedelta(hours=1))})
    keeps = str(moved.get("date_from", "")).endswith("+0100")
    yield holds("I18", f"the second half past two becomes {moved.get('date_from')}", believed=not keeps)


def _second_half_past_two() -> datetime:
    """Return the second 02:30 in Amsterdam of the next night in which clocks go back."""
    here, night = ZoneInfo("Europe/Amsterdam"), datetime.now(UTC).replace(hour=1, minute=30, second=0, microsecond=0)
    while night <= datetime.now(UTC) or night.astimezone(here).fold == 0:
        night += timedelta(days=1)
    return night


def _iso(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%dT%H:%M:%S%z")


def _names(answer: Any) -> str:
    return ", ".join(list(answer)[:8]) if isinstance(answer, dict) else "none"
