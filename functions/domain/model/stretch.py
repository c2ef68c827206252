"""How many days to list at a time."""

WEEK, LONGEST = 7, 112
FEW, MANY = 800, 2000


def next_days(days: int, found: int) -> int:
    """Return how many days to list next, after listing `days` days with `found` entries.

    A quiet window then takes few calls, and each calendar is filled in one go. A busy one is listed a week at a time,
    so that not too many entries are held in memory.
    """
    if found <= FEW:
        return min(2 * days, LONGEST)
    return days if found <= MANY else WEEK
