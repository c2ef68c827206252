"""What changed settings replace on an event: each field's old and new value. Only for plans that are never stored."""

from collections.abc import Callable

from functions.domain.comparing.event_content import appointment_of, digests_of, occupied_of, reminder_text
from functions.domain.model.appointment import LABEL, Appointment, Style
from functions.domain.model.event import Event, MeetState
from functions.domain.model.text import take_apart
from functions.domain.pairing.writes import EventChange, PatchEvent
from functions.domain.planning.view import View
from functions.domain.settings.schema import COLOURS, Settings

READ = 200  # characters of a text
NAMES = {number: name for name, number in COLOURS.items()}
Replaced = dict[str, tuple[str | None, str]]


def replaced(write: PatchEvent, before: View, former: Settings, digest: Callable[[str], str]) -> Replaced:
    """Return the old and new value of each field that a write changes, except the time.

    Colours and labels are given by name, switches as `yes` or `no`, guests by number. If the event was not read, an old
    value is what the `former` settings make of the booking, provided its digest is the stored one; else None.
    """
    event, change = before.event.value, write.change
    old = _shown(event) if event is not None else _written(before, former, digest)
    pairs = {name: (old.get(name), new) for name, new in _new(change, event).items()}
    return {
        name: (was[:READ] if was is not None else None, new[:READ]) for name, (was, new) in pairs.items() if was != new
    }


def _new(change: EventChange, event: Event | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if change.title is not None:
        found["title"] = change.title
    if change.description is not None:
        found["description"] = take_apart(change.description).above
    if change.reminders is not None:
        found["reminders"] = reminder_text(change.reminders)
    if change.meet is not None:
        found["meet"] = _on(change.meet)
    if change.style is not None:
        style = _style(change.style)
        found |= {name: style[name] for name in change.restyled}
    if change.guest_in or change.guest_out:
        found["guests"] = f"{len(event.guests if event else ()) + bool(change.guest_in) - bool(change.guest_out)}"
    return found


def _shown(event: Event) -> dict[str, str]:
    """Return what an event shows."""
    fields = _fields(event, take_apart(event.description).above, meet=event.meet is not MeetState.NONE)
    return {**fields, "guests": f"{len(event.guests)}"}


def _written(before: View, former: Settings, digest: Callable[[str], str]) -> dict[str, str]:
    """Return what the former settings make of the booking, without the fields whose stored digests say otherwise."""
    booking, link = before.booking.value, before.link
    calendar = former.calendar_of(booking.object_id) if booking is not None else None
    if booking is None or calendar is None or link.base is None:
        return {}
    content = appointment_of(booking, former, calendar)
    if link.occupies is not None:
        content = occupied_of(booking, former, link.occupies)
    digests, stored = digests_of(content, digest), link.base.digests
    fields = _fields(content, content.description, meet=content.meet)
    return {name: value for name, value in fields.items() if digests.get(name, "") == stored.get(name, "")}


def _fields(of: Event | Appointment, description: str, *, meet: bool) -> dict[str, str]:
    reminders = reminder_text(of.reminders)
    return {
        "title": of.title,
        "description": description,
        "reminders": reminders,
        "meet": _on(meet),
        **_style(of.style),
    }


def _style(style: Style) -> dict[str, str]:
    colour = style.colour.removeprefix(LABEL)
    return {
        "location": style.location,
        "colour": NAMES.get(colour, colour),
        "visibility": style.visibility,
        "tentative": _on(style.tentative),
        "free": _on(style.free),
    }


def _on(value: object) -> str:
    return "yes" if value else "no"
