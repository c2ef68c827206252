"""Ids that are derived from what they identify, so that doing something twice creates one."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable

INT_ID = re.compile(r"(?!__)[A-Za-z0-9_-]{1,40}")
Digest = Callable[[str], str]  # keyed; "" for ""


def is_int_id(value: object) -> bool:
    """Whether this can be the id of an integration."""
    return isinstance(value, str) and INT_ID.fullmatch(value) is not None


def event_id(digest: Digest, int_id: str, booking_id: str, generation: int) -> str:
    """Return the id of the event made for a booking: base32hex (a-v, 0-9), as Google asks of chosen ids.

    It is keyed: who may write in another calendar cannot insert an event of this id there before or beside ours.
    https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
    """
    return _chosen(digest(f"event\n{int_id}\n{booking_id}\n{generation}"))


def unkeyed_event_id(int_id: str, booking_id: str, generation: int) -> str:
    """Return the id that version 0.1 gave to the event of a booking; those events are still ours."""
    return _chosen(f"{int_id}\n{booking_id}\n{generation}")


def event_ids(digest: Digest, int_id: str, booking_id: str, generations: Iterable[int]) -> set[str]:
    """Return the ids that the event of a booking can have, or have had."""
    known = tuple(generations)
    keyed = {event_id(digest, int_id, booking_id, each) for each in known}
    return keyed | {unkeyed_event_id(int_id, booking_id, each) for each in known}


def _chosen(seed: str) -> str:
    return base64.b32hexencode(hashlib.sha256(seed.encode()).digest()[:20]).decode().rstrip("=").lower()


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
    return unkeyed_event_id(int_id, f"{TEST_LINK}\n{stamp}", 0)
