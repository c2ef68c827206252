"""Stored moments, and clocks that were wrong when they were stored."""

from datetime import datetime, timedelta

APART = timedelta(minutes=5)  # at most, between the clocks of two instances that are right


def passed(moment: datetime | None, now: datetime) -> datetime | None:
    """Return when something was stored to have happened (aware UTC), or None if that is still to come: the clock was ahead then."""
    return moment if moment is not None and moment <= now + APART else None
