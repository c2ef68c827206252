"""The quota that all integrations share whose clients belong to one Google Cloud project.

Google allows a project 10,000 calls a minute and bills calls beyond 1,000,000 a day, across all accounts and
integrations; the day ends at midnight in California. Scans leave part of both to live changes.
https://developers.google.com/workspace/calendar/api/guides/quota
"""

from datetime import datetime, timedelta

from functions.application.ports import Body, Ports
from functions.application.store.once import change_once
from functions.domain.model.zones import day_of, midnight

PER_MINUTE, PER_DAY = 9_000, 800_000
EACH = timedelta(minutes=1) / PER_MINUTE
LONGEST = timedelta(hours=1)  # that calls are ahead of the clock; later ones are of a clock that was ahead itself
ZONE = "America/Los_Angeles"


def free_at(ports: Ports, client_id: str, calls: int) -> datetime:
    """Count the calls of a scan's task for its client's project, and return when the next task may begin."""
    path, now = ("google_projects", _project(client_id)), ports.clock()
    today, by = day_of(now, ZONE), ports.token(9)

    def spend(body: Body | None) -> tuple[Body, datetime]:
        spent = (int(body["calls"]) if body and body["day"] == str(today) else 0) + calls
        before = datetime.fromisoformat(body["paid"]) if body else now
        paid = max(now, min(before, now + LONGEST)) + calls * EACH
        free = midnight(today + timedelta(days=1), ZONE) if spent >= PER_DAY else paid
        return {"day": str(today), "calls": spent, "paid": paid.isoformat(), "by": by}, free

    return change_once(ports.documents, path, spend)


def _project(client_id: str) -> str:
    """Return the project number, with which Google begins a client id."""
    return client_id.partition("-")[0].partition(".")[0] or "unknown"
