"""Reading the journal and the links, for people."""

from typing import Any

from functions.application.ports import Body, Ports
from functions.application.store import integrations, links
from functions.application.store.integrations import path_of
from functions.application.store.records import body_of
from functions.domain.model.errors import Malformed

SHOWN = (
    "id", "booking_id", "event", "origin", "generation", "version", "event_etag", "event_updated", "notice",
    "meet_asked_at", "series",
)  # fmt: skip


def entries(ports: Ports, int_id: str, booking: str = "", before: str = "", limit: int = 100) -> list[Body]:
    """Return journal entries, newest first; of one booking, or older than a moment (the `at` of the last one seen)."""
    integrations.get(ports.documents, int_id)
    where: dict[str, str | int | bool] = {"booking_id": booking} if booking else {}
    rows = ports.documents.find(
        path_of(int_id, "journal"), where, order="at", descending=True, after=before or None, limit=limit
    )
    return [{"id": entry, **body} for entry, body in rows]


def links_of(ports: Ports, int_id: str, booking: str) -> list[dict[str, Any]]:
    """Return the link of a booking (none or one), without digests."""
    integrations.get(ports.documents, int_id)
    if not booking:
        raise Malformed("name a booking: ?booking=123", reason="no_booking")
    link = links.of_booking(ports.documents, int_id, booking)
    if link.version == 0:
        return []
    body = body_of(link)
    shown = {name: body[name] for name in SHOWN}
    base = {name: value for name, value in body["base"].items() if name != "digests"} if body["base"] else None
    return [
        {
            **shown,
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
