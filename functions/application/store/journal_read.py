"""Reads the journal and the links, for people."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from functions.application.ports import Body, Ports
from functions.application.store import integrations, links
from functions.application.store.integrations import path_of
from functions.application.store.journal import Name, shown
from functions.application.store.records import body_of
from functions.domain.model.errors import Malformed
from functions.domain.pairing.writes import Outcome, Why

KINDS = ("made", "moved", "changed", "put_back", "removed", "undone", "housekeeping")
OUTCOMES = ("done", "refused", "shadow", "other")
PAGE, MOST_LOOKED_AT = 200, 4000
PLACE = re.compile(r"[0-9T:.Z+-]{10,40}(?:\|(?!__)[A-Za-z0-9_-]{1,128})?")
REMOVALS = (Why.GRACE_OVER, Why.APPROVED)
UNTIMED = (*REMOVALS, Why.UNDONE, Why.WRITE_BACK, "overwritten")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries to return; "" is any. `objects` and `calendars` are one room's; `since` and `until` aware UTC.

    `until` is exclusive. Without a kind, housekeeping (ids written to bookings, overtaken tries) needs `housekeeping`.
    """

    booking: str = ""
    objects: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    kind: str = ""
    outcome: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    housekeeping: bool = False

    def fits(self, entry: Body) -> bool:
        """Whether an entry matches."""
        kind = kind_of(entry)
        if kind != self.kind if self.kind else kind == "housekeeping" and not self.housekeeping:
            return False
        if self.outcome and outcome_of(entry) != self.outcome:
            return False
        if self.actor and self.actor.casefold() not in str(entry.get("actor", "")).casefold():
            return False
        return not (self.objects or self.calendars) or self._in_room(entry)

    def _in_room(self, entry: Body) -> bool:
        change, before = entry.get("change", {}), entry.get("before", {})
        if objects := {entry.get("object_id"), change.get("object_id"), before.get("object_id")} - {None, ""}:
            return not objects.isdisjoint(self.objects)
        return not {entry.get("calendar"), change.get("calendar"), change.get("from")}.isdisjoint(self.calendars)


def kind_of(entry: Body) -> str:
    """Return an entry's kind: one of `KINDS`."""
    step, why, change = entry["step"], entry["why"], entry.get("change", {})
    if why == Why.WRITE_BACK or step in ("NotTaken", "Lacking") or entry.get("outcome") == Outcome.INTERRUPTED:
        return "housekeeping"
    if why == Why.UNDONE:
        return "undone"
    if why in (Why.PUT_BACK, Why.MADE_AGAIN) or (why == Why.CONFLICT and step == Name.PATCH_EVENT):
        return "put_back"
    if step == Name.DELETE_EVENT or why in REMOVALS:
        return "removed"
    if step in (Name.INSERT_EVENT, Name.MAKE_BOOKING, Name.REVIVE_EVENT):
        return "made"
    return "moved" if step == Name.MOVE_EVENT or "when" in change or "object_id" in change else "changed"


def outcome_of(entry: Body) -> str:
    """Return an entry's outcome: one of `OUTCOMES`."""
    outcome = str(entry.get("outcome", ""))
    return outcome if outcome in OUTCOMES else "other"


def notable(entries: list[Body]) -> Body | None:
    """Return the newest entry that is not housekeeping, from entries newest first."""
    return next((entry for entry in entries if kind_of(entry) != "housekeeping"), None)


def delays(rows: Iterable[Body]) -> list[tuple[str, float]]:
    """Return the `at` of each change that was made and its seconds from hint to outcome, in the order of the entries.

    What waits on purpose (a grace, a person's decision, an undo) and what housekeeping adds is left out.
    """
    return [
        (row["at"], float(row["lag_seconds"]))
        for row in rows
        if row.get("outcome") == "done" and "lag_seconds" in row and row["why"] not in UNTIMED
    ]


def latest_delays(ports: Ports, int_id: str, most: int) -> list[tuple[str, float]]:
    """Return up to `most` delays of the last changes, newest first, from four times as many entries."""
    return delays(entries(ports, int_id, limit=4 * most))[:most]


SHOWN = (
    "id", "booking_id", "event", "origin", "generation", "version", "event_etag", "event_updated", "notice",
    "meet_asked_at", "series",
)  # fmt: skip


def entries(ports: Ports, int_id: str, booking: str = "", before: str = "", limit: int = 100) -> list[Body]:
    """Return journal entries, newest first; of one booking, or before a moment (the `at` of the last one seen).

    One that cannot be read stands there as such (`journal.NO_ENTRY`). `before` may also be `at|id`, because several entries can share a moment.
    """
    integrations.get(ports.documents, int_id)
    where: dict[str, str | int | bool] = {"booking_id": booking} if booking else {}
    after = _cursor(before)
    rows = ports.documents.find(
        path_of(int_id, "journal"), where, order="at", descending=True, after=after, limit=limit
    )
    return [shown(body, entry) for entry, body in rows]


def selected(
    ports: Ports, int_id: str, selection: Selection, before: str = "", limit: int = 100
) -> tuple[list[Body], str]:
    """Return a selection's entries, newest first, and where to continue ("" = that was all).

    Each call searches only some thousand entries, so a rare kind may need several calls.
    """
    found: list[Body] = []
    start = min(filter(None, (before, selection.until.isoformat() if selection.until else "")), default="")
    last = ""
    for entry in islice(_older(ports, int_id, selection.booking, start), MOST_LOOKED_AT):
        if selection.since is not None and datetime.fromisoformat(entry["at"]) < selection.since:
            return found, ""
        if len(found) == limit:
            return found, last
        last = _place(entry)
        if selection.fits(entry):
            found.append(entry)
    looked_at_all = not last or not entries(ports, int_id, selection.booking, last, 1)
    return found, "" if looked_at_all else last


def _older(ports: Ports, int_id: str, booking: str, before: str) -> Iterator[Body]:
    while rows := entries(ports, int_id, booking, before, PAGE):
        yield from rows
        before = _place(rows[-1])


def _cursor(before: str) -> tuple[str, ...] | str | None:
    """Return where to continue; raises `Malformed` if the text is no place in a journal."""
    if not before:
        return None
    if PLACE.fullmatch(before) is None:
        raise Malformed("continue from a place that this journal returned", reason="before")
    return tuple(before.split("|", 1)) if "|" in before else before


def _place(entry: Body) -> str:
    return f"{entry['at']}|{entry['id']}"


def links_of(ports: Ports, int_id: str, booking: str) -> list[dict[str, Any]]:
    """Return a booking's link (none or one), without digests."""
    integrations.get(ports.documents, int_id)
    if not booking:
        raise Malformed("name a booking: ?booking=123", reason="no_booking")
    link = links.of_booking(ports.documents, int_id, booking)
    if link.version == 0:
        return []
    body = body_of(link)
    told = {name: body[name] for name in SHOWN}
    base = {name: value for name, value in body["base"].items() if name != "digests"} if body["base"] else None
    return [
        {
            **told,
            "state": link.state.value,
            "until": link.until.isoformat() if link.until else None,
            "reason": link.reason,
            "closed": link.closed,
            "write_back": not link.ids.foreign,
            "cancelled_by_us": link.closed_by_us,
            "base": base,
            "order": body["order"],
            "busy": link.intent is not None,
        }
    ]
