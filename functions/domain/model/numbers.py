"""Numbers as people type them."""

DIGITS = 9


def whole_number(text: str, digits: int = DIGITS) -> int | None:
    """Return a whole number from 0 of so many digits at most, or None; `²` and `٣` are digits to Python, not here."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
