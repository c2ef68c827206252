"""The one line on every page: an integration's health and what fixes it. From the store alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from functions.application.diagnosing.diagnose_more import BEHIND, NIGHTLY, SILENT_AMBER, Queue
from functions.application.ports import Ports
from functions.application.scanning import scan
from functions.application.store import calendars, journal_read, links
from functions.domain.pairing.life import State
from functions.domain.settings.integration import Integration, Phase

RECENT, MOST_CANCELLING = 10, 500


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Bookings about to be cancelled because their events were deleted: how many, and when the first is due."""

    count: int
    first: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """`says` is the key of a sentence, `level` good, info, dim, warn or bad, `act` the page or action that fixes it.

    Warn and bad mean that somebody should act; what nobody can or needs to fix is dim.
    """

    says: str
    level: str
    act: str = ""
    count: int = 0
    last_change: datetime | None = None
    compared: datetime | None = None


def cancelling(ports: Ports, int_id: str) -> Cancelling:
    """Return the pending cancellations."""
    waiting = links.every(ports.documents, int_id, {"state": State.GRACE.value}, links.pass_over)
    until = [each.until for each in islice(waiting, MOST_CANCELLING) if each.until is not None]
    return Cancelling(len(until), min(until, default=None))


def health(ports: Ports, integration: Integration, waiting: int) -> Health:
    """Return the line: first what stops everything, then what is late, then what waits for a person."""
    if trouble := integration.trouble:
        return Health(trouble, "bad", "authentication" if trouble == "google" else "ireserve")
    idle = {
        Phase.DRAFT: Health("draft", "dim", "activation"),
        Phase.PAUSED: Health("paused", "warn", "resume"),
        Phase.SHADOW: Health("shadow", "info", "activation"),
    }
    if integration.phase in idle:
        return idle[integration.phase]
    if late := _late(ports, integration):
        return late
    if waiting:
        return Health("waiting", "warn", "waiting", waiting)
    return _well(ports, integration)


def _late(ports: Ports, integration: Integration) -> Health | None:
    now = ports.clock()
    due = ports.tasks.next_due() if isinstance(ports.tasks, Queue) else None
    if due is not None and now - due > BEHIND:
        return Health("queue", "bad", "diagnostics", int((now - due).total_seconds() // 60))
    near = timedelta(minutes=3 * integration.settings.sync.sweep_minutes + 2)
    compared = integration.awaited_since(integration.near_at)
    if compared is None or now - compared > near:
        return Health("not_compared", "warn", "sweep")
    if integration.settings.inbound.enabled:
        states = calendars.states_of(ports.documents, integration.id, integration.settings.calendars)
        read = [integration.awaited_since(state.as_of) for state in states]
        if silent := sum(at is None or now - at > SILENT_AMBER for at in read):
            return Health("not_read", "warn", "sweep", silent)
    return None


def _well(ports: Ports, integration: Integration) -> Health:
    backfill = scan.current(ports.documents, integration.id, "backfill")
    if backfill is not None and backfill.finished_at is None:
        return Health("filling", "info", count=backfill.looked)
    last = journal_read.notable(journal_read.entries(ports, integration.id, limit=RECENT))
    changed = datetime.fromisoformat(last["at"]) if last is not None else None
    swept = integration.swept_at
    if swept is None or ports.clock() - swept > NIGHTLY:
        return Health("well_so_far", "good", last_change=changed)
    return Health("well", "good", last_change=changed, compared=swept)
