"""How much of a text from outside is looked at. What is longer is cut where it comes in, and never costs the event.

Each bound is far above what the two systems take themselves, so that nothing is cut which could be written back whole:
Google takes about 8,192 characters of a description and 1,024 of a title or place, and ids of at most 1,024.
https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

LINE = 4_000  # characters of a title, a place, a name
TEXT = 65_536  # of a description, remarks, any field of a booking
ID = 1_024
LINK = 2_048
ADDRESS = 320  # of a mail address: 64 before the @ and 255 behind it
FIELDS = 2_000  # fields of one booking or row


def cut(value: object, longest: int) -> str:
    """Return as much of a text as is looked at, "" for None; anything but a text is a `TypeError`."""
    if not value:
        return ""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value if len(value) <= longest else value[:longest]


def whole(value: object, longest: int) -> str:
    """Return a text that means nothing in part (an id), "" for None; `ValueError` where it is too long."""
    text = cut(value, longest + 1)
    if len(text) > longest:
        raise ValueError("too long")
    return text


def link(value: object) -> str:
    """Return a web address that a page may link to, or ""."""
    usable = isinstance(value, str) and len(value) <= LINK and value.startswith(("https://", "http://"))
    return str(value) if usable else ""


DIGITS = 9


def whole_number(text: str, digits: int = DIGITS) -> int | None:
    """Return a whole number from 0 of so many digits at most, or None; `²` and `٣` are digits to Python, not here."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
