"""Ids derived from what they identify, so that creating something twice creates one."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable

from functions.domain.model.errors import Malformed

INT_ID = re.compile(r"(?!__)[A-Za-z0-9_-]{1,40}")
_LINK = re.compile(r"[0-9a-z]{1,24}")  # safe as a name in a store, as not every text is
_CHOSEN = re.compile(r"[0-9a-v]{32}")
_THEIRS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
Digest = Callable[[str], str]  # keyed; "" for ""


def is_int_id(value: object) -> bool:
    """Whether this can be an integration's id."""
    return isinstance(value, str) and INT_ID.fullmatch(value) is not None


def is_ireserve_id(text: str) -> bool:
    """Whether i-Reserve can have given a booking, an object or another thing this id; safe in a store, an address and a search."""
    return _THEIRS.fullmatch(text) is not None


def must_be_booking(text: str) -> None:
    """Raise `Malformed` if what a person typed cannot be a booking's number."""
    if not is_ireserve_id(text):
        raise Malformed("give the number of a booking", reason="no_booking")


def event_id(digest: Digest, int_id: str, booking_id: str, generation: int) -> str:
    """Return the id of a booking's event in base32hex (a-v, 0-9), as Google requires of chosen ids.

    Keyed, so that others who may write in the calendar cannot insert an event under this id.
    https://developers.google.com/workspace/calendar/api/v3/reference/events/insert
    """
    return _chosen(digest(f"event\n{int_id}\n{booking_id}\n{generation}"))


def occupied_id(digest: Digest, int_id: str, name: str, generation: int) -> str:
    """Return an occupied event's id; keyed like `event_id`."""
    return _chosen(digest(f"occupied\n{int_id}\n{name}\n{generation}"))


def unkeyed_event_id(int_id: str, booking_id: str, generation: int) -> str:
    """Return the event id that version 0.1 derived from a booking; those events are still ours."""
    return _chosen(f"{int_id}\n{booking_id}\n{generation}")


def event_ids(digest: Digest, int_id: str, booking_id: str, generations: Iterable[int]) -> set[str]:
    """Return every id that a booking's event can have or have had."""
    known = tuple(generations)
    keyed = {event_id(digest, int_id, booking_id, each) for each in known}
    return keyed | {unkeyed_event_id(int_id, booking_id, each) for each in known}


def invitation_id(digest: Digest, calendar: str, event_id: str) -> str:
    """Return the external id for the booking of an invited room.

    It depends on the room's calendar, because the copies of an event in all invited rooms have the same event id.
    """
    return _chosen(digest(f"invitation\n{calendar}\n{event_id}"))


def is_chosen(event_id: str) -> bool:
    """Whether an id has the form of those above; Google's own and those of occurrences have another."""
    return _CHOSEN.fullmatch(event_id) is not None


def _chosen(seed: str) -> str:
    return base64.b32hexencode(hashlib.sha256(seed.encode()).digest()[:20]).decode().lower()


def link_id(int_id: str, kind: str, subject: str) -> str:
    """Return the id of the link that begins with a booking or an event (`kind`); ids are spread evenly."""
    return hashlib.sha256(f"{int_id}\n{kind}\n{subject}".encode()).hexdigest()[:24]


def is_link_id(text: str) -> bool:
    """Whether a text can be such an id."""
    return _LINK.fullmatch(text) is not None


def claim_id(kind: str, *subject: str) -> str:
    """Return the id of the claim on a booking or event; hashed, because a calendar id may be an e-mail address."""
    return f"{kind[0]}-{hashlib.sha256(chr(10).join((kind, *subject)).encode()).hexdigest()[:32]}"


def turn_of(name: str, turns: int) -> int:
    """Return a name's turn, from 0 to `turns` - 1: the same each time, and about as many names in every turn."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % turns


def calendar_hash(calendar: str) -> str:
    """Return a short name for a calendar in ids, tokens and logs; hashed, because its id may be an e-mail address."""
    return hashlib.sha256(calendar.encode()).hexdigest()[:16]


TEST_LINK = "round-trip"  # in place of a link id in the mark of the test event


def test_event_id(int_id: str, stamp: str) -> str:
    """Return the id of the test event that `diagnosing/round_trip.py` makes, derived from the stamp in its mark."""
    return unkeyed_event_id(int_id, f"{TEST_LINK}\n{stamp}", 0)
