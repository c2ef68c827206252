"""The machine's clock, for what truly runs by it: processes, workers, tokens that Google's library checks.

Nothing else in the tests may read it (ruff's `banned-api`): a test that does so unawares fails near midnight.
"""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return now, aware UTC; not while tests are collected, because a test may run an hour after that."""
    assert "PYTEST_CURRENT_TEST" in os.environ, "the clock is read while tests are collected; read it in the test"
    return datetime.now(UTC)


def seconds_now() -> int:
    """Return now in whole seconds since 1970, as tokens give it."""
    return int(now().timestamp())


def day_ahead(days: int) -> date:
    """Return the day so many days from today, in Amsterdam."""
    return now().astimezone(ZoneInfo("Europe/Amsterdam")).date() + timedelta(days=days)


def ahead(days: int, at: str) -> str:
    """Return a local time so many days from today, such as `2026-11-24T10:00`."""
    return f"{day_ahead(days)}T{at}"
