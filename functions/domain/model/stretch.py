"""How many days to list at a time."""

WEEK, LONGEST = 7, 56
FEW = 50


def next_days(days: int, found: int) -> int:
    """Return how many days to list next, after listing `days` days with `found` entries.

    A quiet window takes few calls; a busy one never holds more than a week in memory.
    """
    return min(2 * days, LONGEST) if found <= FEW else WEEK
