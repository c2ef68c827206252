"""Upper bounds for texts from outside. A longer text is cut on arrival and never makes an event fail.

Each bound is far above the limits of both systems, so a text that could be written back is never cut: Google accepts
about 8,192 characters of description, 1,024 of a title, place or id.
https://developers.google.com/workspace/calendar/api/v3/reference/events
"""

LINE = 4_000  # characters of a title, a place, a name
TEXT = 65_536  # of a description, remarks or any field of a booking
ID = 1_024
LINK = 2_048
ADDRESS = 320  # of a mail address: 64 before the @ and 255 after it
FIELDS = 2_000  # fields of one booking or row


def cut(value: object, longest: int) -> str:
    """Return a text up to its bound, "" for None or any other empty value; raises `TypeError` for other types."""
    if not value:
        return ""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value if len(value) <= longest else value[:longest]


def whole(value: object, longest: int) -> str:
    """Return a text that would be useless if cut, such as an id; like `cut`, but `ValueError` if it is too long."""
    if not value:
        return ""
    if not isinstance(value, str):
        raise TypeError("not a text")
    if len(value) > longest:
        raise ValueError("too long")
    return value


def link(value: object) -> str:
    """Return a web address that a page may link to, or ""."""
    usable = isinstance(value, str) and len(value) <= LINK and value.startswith(("https://", "http://"))
    return str(value) if usable else ""


DIGITS = 9


def whole_number(text: str, digits: int = DIGITS) -> int | None:
    """Return a whole number of at most `digits` digits, or None; Python also takes `²` and `٣` for digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
