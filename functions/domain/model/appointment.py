"""The shared projection of a booking and an event: when, what, where."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from functions.domain.model.zones import utc


@dataclass(frozen=True, slots=True)
class Timed:
    """From one instant to another, kept in UTC and whole seconds; raises `ValueError` for a time without zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        start, end = self.start, self.end
        if start.tzinfo is UTC is end.tzinfo and not (start.microsecond or end.microsecond):
            return  # the common case; a page of events makes thousands
        for name, moment in (("start", start), ("end", end)):
            if moment.tzinfo is None:
                raise ValueError("an instant needs a time zone")
            object.__setattr__(self, name, utc(moment).replace(microsecond=0))


@dataclass(frozen=True, slots=True)
class AllDay:
    """Whole days in the integration's time zone; `until` is exclusive, as at Google."""

    first: date
    until: date


When = Timed | AllDay
SHORTEST = timedelta(minutes=1)  # Google refuses events without length; i-Reserve has products without duration


def with_length(starts: datetime, ends: datetime) -> Timed:
    """Return an event's time for a booking; a booking without duration gets the shortest possible one."""
    return Timed(starts, ends if ends > starts else starts + SHORTEST)


def without_length(when: Timed) -> Timed:
    """Undo `with_length`: the shortest time becomes no duration. Any other stays: a person made the event longer."""
    return replace(when, end=when.start) if when.end - when.start == SHORTEST else when


LABEL = "label:"  # prefix of a colour that names one of the calendar's own labels


@dataclass(frozen=True, slots=True)
class Style:
    """How an event looks apart from its text; "" and False are Google's defaults.

    `colour` is Google's colour id ("1" to "11"), or `LABEL` and the name of one of the calendar's own labels.
    `visibility` is "" or "private", `free` means that the event blocks no time.
    """

    location: str = ""
    colour: str = ""
    visibility: str = ""
    tentative: bool = False
    free: bool = False

    def texts(self) -> dict[str, str]:
        """Return what differs from Google's defaults, as comparable text by field name."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {name: value if isinstance(value, str) else name for name, value in told.items() if value}


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Appointment:
    """What an event made from a booking should show.

    `description` is the text above the service's line. `guest` is the customer's e-mail address or "".
    `reminders` are (method, minutes) pairs with Google's methods `popup` and `email`; empty means no reminder.
    """

    when: When
    calendar: str
    title: str
    description: str = ""
    guest: str = ""
    reminders: tuple[tuple[str, int], ...] = ()
    meet: bool = False
    style: Style = PLAIN
