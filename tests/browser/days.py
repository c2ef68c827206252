"""Days near today, because the stage runs on the machine's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def ahead(days: int, at: str) -> str:
    """Return a local time so many days from now, such as `2026-11-24T10:00`."""
    day = datetime.now(ZoneInfo("Europe/Amsterdam")).date() + timedelta(days=days)
    return f"{day}T{at}"
