"""The actual state of both sides, read from inside the simulators."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from functions.domain.model.appointment import AllDay, Timed
from sandbox.google.world.world import World
from sandbox.ireserve.tenant.tenant import Tenant

ZONE = ZoneInfo("Europe/Amsterdam")
LINE = re.compile(r"———— i-Reserve[^\n<]*")
When = tuple[str, str]  # two days, or two instants in UTC


@dataclass(frozen=True)
class TrueBooking:
    """One booking; `when` has the same form as an event's."""

    id: str
    when: When
    object: str
    status: int
    remarks: str
    external_id: str
    email: str = ""


def as_seen(description: str) -> str:
    """Return a description as people see it, also where Google's editor stored it as markup."""
    if not description.startswith("<html-blob>"):
        return description
    bare = re.sub("<[^>]*>", "", description.replace("<br>", "\n"))
    return html.unescape(bare).replace("\xa0", " ")


@dataclass(frozen=True)
class TrueEvent:
    """One event of a calendar, also one in the bin."""

    id: str
    calendar: str
    alive: bool
    when: When
    title: str
    description: str
    free: bool
    link: str
    purged: bool
    guests: tuple[str, ...] = ()
    tentative: bool = False
    private: bool = False
    colour: str = ""  # Google's number of it

    @property
    def looks(self) -> tuple[object, ...]:
        """What others may see of it besides its time."""
        return self.title, self.above, self.guests, self.private

    @property
    def above(self) -> str:
        """The text above the service's line."""
        return LINE.split(self.description)[0].strip()

    @property
    def below(self) -> str:
        """People's text below the service's line, without the dated notice of the service."""
        parts = LINE.split(self.description)
        kept = [line for line in parts[1].split("\n") if not line.startswith("⚠")] if len(parts) > 1 else []
        return "\n".join(kept).strip()

    @property
    def notice(self) -> bool:
        """Whether the service's notice of a refusal or put-back is there."""
        return "⚠" in self.description


@dataclass(frozen=True)
class Truth:
    """Both sides at one moment."""

    bookings: dict[str, TrueBooking]
    events: dict[tuple[str, str], TrueEvent]

    def live(self, event_id: str) -> list[TrueEvent]:
        """Return the live events with an id, on whichever calendar."""
        return [each for (_, number), each in self.events.items() if number == event_id and each.alive]


def look(world: World, tenant: Tenant, calendars: tuple[str, ...]) -> Truth:
    """Read both sides."""
    with tenant.session() as inside:
        mails = {each.id: each.email for each in inside.customers.values()}
        bookings = {str(each.id): _booking(each, mails) for each in inside.bookings.values()}
    events = {}
    for calendar in calendars:
        for record in world.calendars[calendar].records.values():
            events[calendar, record.id] = _event(calendar, record)
    return Truth(bookings, events)


def _booking(found: Any, mails: dict[int, str]) -> TrueBooking:
    whole_days = found.start.hour == found.start.minute == found.end.hour == found.end.minute == 0
    if whole_days:
        until = max(found.end.date(), found.start.date() + timedelta(days=1))
        when = (found.start.date().isoformat(), until.isoformat())
    else:
        when = (_utc(found.start), _utc(found.end))
    return TrueBooking(
        id=str(found.id),
        when=when,
        object=str(found.object_id),
        status=found.status_code,
        remarks=found.remarks,
        external_id=found.external_id,
        email=mails.get(found.customer_id or 0, ""),
    )


def _event(calendar: str, record: Any) -> TrueEvent:
    raw = record.resource
    if "date" in raw["start"]:
        when = (raw["start"]["date"], raw["end"]["date"])
    else:
        when = (_google(raw["start"]), _google(raw["end"]))
    marks = raw.get("extendedProperties", {}).get("private", {})
    return TrueEvent(
        id=record.id,
        calendar=calendar,
        alive=record.alive,
        when=when,
        title=raw.get("summary", ""),
        description=as_seen(raw.get("description", "")),
        free=raw.get("transparency") == "transparent",
        link=marks.get("ireserve_link", ""),
        purged=record.purged,
        guests=tuple(sorted(str(each.get("email", "")) for each in raw.get("attendees", ()))),
        tentative=raw.get("status") == "tentative",
        private=raw.get("visibility") == "private",
        colour=raw.get("colorId", ""),
    )


def _google(raw: dict[str, str]) -> str:
    moment = datetime.fromisoformat(raw["dateTime"])
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(raw["timeZone"])))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="minutes")


def when_of(when: AllDay | Timed) -> When:
    """Return a time that the product recorded, in the form used here."""
    if isinstance(when, AllDay):
        return when.first.isoformat(), when.until.isoformat()
    return _utc(when.start), _utc(when.end)


def overlap(one: object, other: object) -> bool:
    """Whether two times have a moment in common."""
    (since, until), (start, end) = ([_moment(each) for each in when] for when in (one, other))  # type: ignore[attr-defined]
    return since < end and start < until


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)
