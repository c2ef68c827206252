"""How many days a list of bookings or events covers at a time."""

WEEK, LONGEST = 7, 56
FEW = 50


def next_days(days: int, found: int) -> int:
    """Return how many days the next list covers, after one of so many `days` in which so many were `found`.

    A quiet window takes few calls, and of a busy one no more than a week is held in memory.
    """
    return min(2 * days, LONGEST) if found <= FEW else WEEK
