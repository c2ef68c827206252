"""The machine's clock, for code that must use it: processes, workers, tokens that Google's library checks.

Nothing else in the tests may read it (ruff's `banned-api`), because such tests fail near midnight.
"""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return now, aware UTC. Not for use while tests are collected: a test may run an hour later."""
    assert "PYTEST_CURRENT_TEST" in os.environ, "the clock is read while tests are collected; read it in the test"
    return datetime.now(UTC)


def seconds_now() -> int:
    """Return now in whole seconds since 1970, as tokens give it."""
    return int(now().timestamp())


def day_ahead(days: int) -> date:
    """Return the date this many days from today, in Amsterdam."""
    return now().astimezone(ZoneInfo("Europe/Amsterdam")).date() + timedelta(days=days)


def ahead(days: int, at: str) -> str:
    """Return a local time this many days from today, such as `2026-11-24T10:00`."""
    return f"{day_ahead(days)}T{at}"
