"""One booking looked up for a person: both sides read live, their link, and what the planner would do now. Nothing is kept."""

from dataclasses import dataclass
from typing import Any

from functions.application import hints, integrations, journal_read, links, preview
from functions.application.ports import Body, Ports
from functions.application.reconcile import reconcile
from functions.application.sides import open_sides
from functions.domain.booking import Booking
from functions.domain.errors import Conflict, Malformed, SyncError
from functions.domain.event import Event
from functions.domain.integration import Phase
from functions.domain.link import Link
from functions.domain.snapshot import Presence, Snapshot

LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A booking and its event. `why` is the planner's reason to rest; `does` what it would do first; `trouble` a sentence."""

    booking_id: str
    booking: Snapshot[Booking]
    event: Snapshot[Event]
    link: Link | None
    calendar: str
    why: str
    does: tuple[str, ...]
    trouble: str
    entries: tuple[Body, ...]


def find(ports: Ports, int_id: str, booking_id: str) -> Found:
    """Look a booking up by its number; raises `Malformed` where that is no number of a booking."""
    if not booking_id.isalnum() or not booking_id.isascii() or len(booking_id) > LONGEST_ID:
        raise Malformed("give the number of a booking", reason="no_booking")
    integration = integrations.get(ports.documents, int_id)
    sides = open_sides(ports, integration)
    link = links.of_booking(ports.documents, int_id, booking_id)
    booking = sides.read_booking(booking_id)
    trouble = str(sides.trouble) if sides.trouble is not None else ""
    event: Snapshot[Event] = Snapshot(Presence.ABSENT)
    if link.event is not None:
        event = sides.read_event(link.event)
        trouble = trouble or (str(sides.trouble) if sides.trouble is not None else "")
    why = ""
    does: tuple[str, ...] = ()
    if not trouble:
        hint = hints.Hint(hints.Kind.BOOKING, int_id, (booking_id,), "person", ports.clock(), confirm=True)
        try:
            outcome = reconcile(sides, hint, link, booking=booking, event=event, rehearse=True)
        except SyncError as error:
            trouble = str(error)
        else:
            why, does = outcome.rest.why.value, tuple(preview.kind_of(write) for write in outcome.writes)
    calendar = sides.settings.calendar_of(booking.value.object_id) if booking.value is not None else None
    return Found(
        booking_id=booking_id,
        booking=booking,
        event=event,
        link=link if link.version else None,
        calendar=calendar or "",
        why=why,
        does=does,
        trouble=trouble,
        entries=tuple(journal_read.entries(ports, int_id, booking_id, limit=20)),
    )


def sync_now(ports: Ports, int_id: str, booking_id: str, actor: str) -> None:
    """Queue a look at one booking; raises `Conflict` where the integration is not active."""
    if integrations.get(ports.documents, int_id).phase not in (Phase.ACTIVE, Phase.SHADOW):
        raise Conflict("only an active integration is synchronised; activate it first", reason="not_active")
    hint = hints.Hint(hints.Kind.BOOKING, int_id, (booking_id,), "person", ports.clock(), actor=actor)
    hints.give(ports.tasks, hint, ports.clock(), trailing=False)


def lags(ports: Ports, int_id: str, limit: int = 60) -> list[tuple[str, float]]:
    """Return when the last changes came and how many seconds each took, oldest first."""
    rows: list[dict[str, Any]] = journal_read.entries(ports, int_id, limit=limit)
    return [(row["at"], float(row["lag_seconds"])) for row in reversed(rows) if "lag_seconds" in row]
