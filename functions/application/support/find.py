"""One booking looked up for a person: both sides read live, their link, and what the planner would do now. Nothing is kept."""

from dataclasses import dataclass
from typing import Any

from functions.application.intake import hints
from functions.application.ports import Body, Ports
from functions.application.setting_up import preview
from functions.application.store import integrations, journal_read, links
from functions.application.sync.reconcile import reconcile
from functions.application.sync.session import open_session
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Conflict, Malformed, SyncError
from functions.domain.model.event import Event
from functions.domain.model.link import Link
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.settings.integration import Phase

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
    session = open_session(ports, integration)
    link = links.of_booking(ports.documents, int_id, booking_id)
    booking = session.read_booking(booking_id)
    trouble = str(session.trouble) if session.trouble is not None else ""
    event: Snapshot[Event] = Snapshot(Presence.ABSENT)
    if link.event is not None:
        event = session.read_event(link.event)
        trouble = trouble or (str(session.trouble) if session.trouble is not None else "")
    why = ""
    does: tuple[str, ...] = ()
    if not trouble:
        hint = hints.Hint(hints.Kind.BOOKING, int_id, (booking_id,), "person", ports.clock(), confirm=True)
        try:
            outcome = reconcile(session, hint, link, booking=booking, event=event, rehearse=True)
        except SyncError as error:
            trouble = str(error)
        else:
            why, does = outcome.rest.why.value, tuple(preview.kind_of(write) for write in outcome.writes)
    calendar = session.settings.calendar_of(booking.value.object_id) if booking.value is not None else None
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
    hints.enqueue(ports.tasks, hint, ports.clock(), trailing=False)


def lags(ports: Ports, int_id: str, limit: int = 60) -> list[tuple[str, float]]:
    """Return when the last changes came and how many seconds each took, oldest first."""
    rows: list[dict[str, Any]] = journal_read.entries(ports, int_id, limit=limit)
    return [(row["at"], float(row["lag_seconds"])) for row in reversed(rows) if "lag_seconds" in row]
