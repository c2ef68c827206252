"""What the other side kept in place of what was written, as its answer shows.

Google cuts texts, leaves out a guest it refuses, and may fail to make a Meet link; i-Reserve may cut remarks. The write
still counts as made, or it would be repeated at each look. By field, the link has the digests of both values (`Kept`);
they hold as long as the wanted value stays the same.
"""

from collections.abc import Mapping
from dataclasses import replace

from functions.domain.comparing.event_content import text_of
from functions.domain.model.appointment import Appointment
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, MeetState
from functions.domain.model.identity import Digest
from functions.domain.model.text import as_read, take_apart
from functions.domain.pairing.link import Base, Kept, Link, Origin
from functions.domain.pairing.writes import EventChange, InsertEvent, MakeBooking, PatchEvent, Why, Write, WriteBooking

LIST = "list"  # stands for a guest list that cannot be written
MADE = (MeetState.READY, MeetState.PENDING)


def kept_of(link: Link, step: Write, answer: Event | Booking | None, digest: Digest) -> Mapping[str, Kept]:
    """Return, for each text, guest and Meet link of a write, the value sent and the value that the answer shows."""
    match step, answer:
        case InsertEvent(content=content), Event():
            asked = _asked(content)
        case PatchEvent(change=change), Event() if link.origin is Origin.EVENT:
            return _of_a_persons(change, answer, digest)
        case PatchEvent(change=change), Event():
            asked = _changed(change)
        case MakeBooking(fields=fields), Booking():
            return _of_remarks(fields, answer, digest)
        case WriteBooking(change=change, why=Why.EVENT_TEXT), Booking():
            return _of_remarks(change.fields, answer, digest)
        case _:
            return {}
    shown = _shown(answer, asked.get("guest", ""))
    return {name: (value_of(name, text, digest), value_of(name, shown[name], digest)) for name, text in asked.items()}


def value_of(name: str, text: str, digest: Digest) -> str:
    """Return the digest of a field as `Base.digests` has it."""
    return digest(as_read(text) if name == "description" else text)


def stands(link: Link, name: str, wanted: str, shown: str, digest: Digest) -> bool:
    """Whether an event shows what is wanted, or what Google kept in its place."""
    if wanted == shown or as_read(wanted) == as_read(shown):
        return True
    kept = link.kept.get(name)
    return kept is not None and kept == (value_of(name, wanted, digest), value_of(name, shown, digest))


def shows(link: Link, name: str, shown: str, digest: Digest) -> bool:
    """Whether an event shows what both sides agreed on, or what Google kept in its place."""
    agreed, now = link.base.digests.get(name, "") if link.base is not None else "", value_of(name, shown, digest)
    return now == agreed or link.kept.get(name) == (agreed, now)


def _asked(content: Appointment) -> dict[str, str]:
    asked = {"title": content.title, "description": content.description, "location": content.style.location}
    return asked | ({"guest": content.guest} if content.guest else {}) | ({"meet": "meet"} if content.meet else {})


def _changed(change: EventChange) -> dict[str, str]:
    asked = {"title": change.title, "guest": change.guest_in, "meet": "meet" if change.meet else None}
    if change.description is not None:
        asked["description"] = take_apart(change.description).above
    if change.style is not None and "location" in change.restyled:
        asked["location"] = change.style.location
    return {name: text for name, text in asked.items() if text is not None}


def _shown(event: Event, guest: str) -> dict[str, str]:
    invited = guest.casefold() in {each.email.casefold() for each in event.guests}
    return {
        "title": event.title,
        "description": take_apart(event.description).above,
        "location": event.style.location,
        "guest": guest if invited else "",
        "meet": "meet" if event.meet in MADE else "",
    }


def _of_a_persons(change: EventChange, answer: Event, digest: Digest) -> Mapping[str, Kept]:
    """Return what Google kept of a person's text when a notice was put under it."""
    if change.description is None:
        return {}
    sent = replace(answer, description=change.description)
    return {"text": (digest(text_of(sent)), digest(text_of(answer)))}


def _of_remarks(fields: tuple[tuple[str, str], ...], answer: Booking, digest: Digest) -> Mapping[str, Kept]:
    """Return what the booking kept of the remarks written, if its answer includes the field."""
    pairs = [(text, answer.value_of(name)) for name, text in fields if name in answer.fields]
    return {"remarks": (digest(as_read(pairs[0][0])), digest(as_read(pairs[0][1])))} if len(pairs) == 1 else {}


def may_write_guests(event: Event) -> bool:
    """Whether a program can write this guest list: Google refuses one without address, and uninvites whom it did not show."""
    return all(guest.email for guest in event.guests)


def with_guest(after: Base, before: Base | None, event: Event) -> Base:
    """Return the base with its former guest if the list cannot be written, so that the guest is still removed later."""
    if before is None or may_write_guests(event):
        return after
    return replace(after, digests={**after.digests, "guest": before.digests.get("guest", "")})


def lacking(event: Event, wanted: Appointment, digest: Digest, *, late: bool) -> Mapping[str, Kept]:
    """Return what an otherwise correct event lacks, by field; for a field that it has, an empty pair.

    `late`: a Meet link has been pending for too long. What Google refused outright is known from its answer.
    """
    there = {guest.email.casefold() for guest in event.guests}
    found: dict[str, Kept] = {}
    if not wanted.guest or wanted.guest.casefold() in there:
        found["guest"] = ("", "")
    elif not may_write_guests(event):
        found["guest"] = (digest(wanted.guest), digest(LIST))
    if not wanted.meet or event.meet is MeetState.READY:
        found["meet"] = ("", "")
    elif event.meet is MeetState.FAILED or (event.meet is MeetState.PENDING and late):
        found["meet"] = (digest("meet"), "")
    return found


def guest_stands(link: Link, event: Event, digest: Digest) -> bool:
    """Whether our guest is on the list as agreed, or is missing for a known reason that still holds."""
    agreed = link.base.digests.get("guest", "") if link.base is not None else ""
    pair = link.kept.get("guest")
    if pair is not None:
        return pair[1] != digest(LIST) or not may_write_guests(event)
    return not agreed or agreed in {digest(guest.email.lower()) for guest in event.guests}
