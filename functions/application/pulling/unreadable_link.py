"""What waits for a link that cannot be read: told as one parked item, whose retry compares the calendar in full.

Not as an item of the event that waits: looked at on its own, it would become a second booking
(docs/decisions/0012-unreadable-links.md).
"""

from functions.application.intake.hints import Hint, Kind
from functions.application.store import parked
from functions.application.store.links import Unreadable
from functions.application.sync.session import SyncSession
from functions.domain.model.identity import calendar_hash


def wait_for(session: SyncSession, calendar: str, error: Unreadable) -> None:
    """Park what waits in a calendar for a link; the item names both."""
    hint = Hint(Kind.CALENDAR, session.id, (calendar_hash(calendar), error.link), "pull", session.now())
    parked.park(session.ports, hint, error.reason, session.now())
