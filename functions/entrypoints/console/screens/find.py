"""Find a booking: both sides, the last notable journal entry, and what can be done; or search for several."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from functions.application.finding import find, search
from functions.application.finding.day import Relation
from functions.application.finding.find import Found
from functions.application.finding.names import Names
from functions.application.store import integrations
from functions.domain.model.errors import Malformed
from functions.domain.model.snapshot import Presence
from functions.domain.settings.integration import Integration
from functions.entrypoints.console.journal_sentences import tell, verdict_values
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.texts import Texts
from functions.entrypoints.console.unread import unread

BAD, WARN, INFO = "bad", "warn", "info"
VERDICTS: Mapping[str, str] = {
    "unreadable": BAD,
    "parked": WARN,
    "grace": WARN,
    "held": WARN,
    "paused": WARN,
    "foreign_id": WARN,
    "refused": WARN,
    "agree": "good",
}
RELATIONS: Mapping[str, str] = {
    Relation.SAME: "good",
    Relation.DIFFERS: WARN,
    Relation.CANCELLING: WARN,
    Relation.HELD: WARN,
    Relation.REFUSED: WARN,
    Relation.PAUSED: WARN,
    Relation.NO_EVENT_YET: INFO,
    Relation.NO_BOOKING_YET: INFO,
}


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/find")
    def look(int_id: str) -> Response:
        asked = request.args.get("q", request.args.get("booking", "")).strip()
        return _find_page(pages, int_id, asked)

    @routes.post("/integrations/<int_id>/find")
    def sync_now(int_id: str) -> Response:
        booking = request.form.get("booking", "").strip()
        find.sync_now(pages.ports, int_id, booking, pages.actor())
        return pages.done(f"/console/integrations/{int_id}/find?q={booking}", "synced")


def _find_page(pages: Pages, int_id: str, asked: str) -> Response:
    integration = integrations.get(pages.ports.documents, int_id)
    t, names = pages.texts(integration), pages.catalogue.of(int_id)
    found, results, trouble = None, None, ""
    try:
        if any(letter.isdigit() for letter in asked) and asked.isalnum() and asked.isascii():
            found = find.find(pages.ports, int_id, asked)
        if asked and (found is None or _may_be_a_word(asked, found)):
            found, results = None, search.search(pages.ports, int_id, asked, names)
    except Malformed as error:
        trouble = t.sentence(str(error))
    return pages.page(
        "find.html",
        int_id,
        422 if trouble else 200,
        here="find",
        asked=asked,
        found=found,
        results=results,
        unread=unread(results.troubles, names, t) if results is not None else [],
        mapped=bool(integration.settings.mapping),
        trouble=trouble,
        relation_class=RELATIONS,
        **(_about(found, integration, names, t) if found is not None else {}),
    )


def _may_be_a_word(asked: str, found: Found) -> bool:
    return not asked.isdigit() and found.booking.presence is Presence.ABSENT and found.link is None


def _about(found: Found, integration: Integration, names: Names, t: Texts) -> dict[str, Any]:
    """Return what the page shows about a booking, besides the booking itself."""
    link = found.link
    last = tell(found.last, names, integration.settings, t) if found.last is not None else None
    return {
        "verdict_class": VERDICTS.get(found.verdict, INFO),
        "said_with": verdict_values(found, names, t),
        "last": last,
        "told": [tell(each, names, integration.settings, t) for each in found.entries],
        "most_told": find.MOST_TOLD,
        "held_item": link.item if link is not None else "",
    }
