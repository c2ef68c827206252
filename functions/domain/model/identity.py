"""Identities that can be derived, so that doing something twice makes one of it."""

import base64
import hashlib


def event_id(int_id: str, booking_id: str, generation: int) -> str:
    """Return the id of the event made for a booking: base32hex (a-v, 0-9), as Google asks of chosen ids.

    https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
    """
    seed = f"{int_id}\n{booking_id}\n{generation}".encode()
    return base64.b32hexencode(hashlib.sha256(seed).digest()[:20]).decode().rstrip("=").lower()


def link_id(int_id: str, kind: str, subject: str) -> str:
    """Return the id of the link that a booking (kind `booking`) or an event (kind `event`) starts: spread evenly."""
    return hashlib.sha256(f"{int_id}\n{kind}\n{subject}".encode()).hexdigest()[:24]


def claim_id(kind: str, *subject: str) -> str:
    """Return the id of the claim on a booking or an event; a calendar id may be an address, so it is hashed."""
    return f"{kind[0]}-{hashlib.sha256(chr(10).join((kind, *subject)).encode()).hexdigest()[:32]}"


def turn_of(name: str, turns: int) -> int:
    """Return whose turn a name has, of so many: the same one each time, and about as many names in each."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % turns


def calendar_hash(calendar: str) -> str:
    """Return a short name for a calendar that can stand in ids, tokens and logs (calendar ids can be addresses)."""
    return hashlib.sha256(calendar.encode()).hexdigest()[:16]


TEST_LINK = "round-trip"  # stands for the link in the mark of a test event


def test_event_id(int_id: str, stamp: str) -> str:
    """Return the id of the test event of a round trip, derived from the stamp in its mark."""
    return event_id(int_id, f"{TEST_LINK}\n{stamp}", 0)
