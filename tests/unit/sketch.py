"""Values to test decisions with: one booking, one event, one link, and Hypothesis strategies for all of them."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from functions.domain.comparing.event_content import appointment_of, base_of
from functions.domain.model.appointment import AllDay, Timed, When
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey, Guest, Mark, MeetState
from functions.domain.model.identity import event_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.attempts import Attempt, Ended
from functions.domain.pairing.life import (
    Active,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Paused,
    Refused,
    Unlinked,
)
from functions.domain.pairing.link import (
    Approve,
    Base,
    Intent,
    Link,
    Origin,
    Override,
    Refusal,
    Refusals,
    Restore,
    WrittenIds,
)
from functions.domain.pairing.writes import (
    BookingChange,
    DeleteEvent,
    EventChange,
    InsertEvent,
    MakeBooking,
    MoveEvent,
    PatchEvent,
    ReviveEvent,
    Why,
    WriteBooking,
)
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import InboundSettings, MappingRow, OutboundSettings, Settings, SyncSettings

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROOM_A, ROOM_B = "room-a@group.calendar.google.com", "room-b@group.calendar.google.com"
TEN = Timed(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
NOON = Timed(datetime(2026, 11, 24, 11, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
EVENING = Timed(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), datetime(2026, 11, 24, 19, 0, tzinfo=UTC))
DAY = AllDay(date(2026, 11, 25), date(2026, 11, 26))
LAST_YEAR = Timed(datetime(2025, 1, 1, 9, tzinfo=UTC), datetime(2025, 1, 1, 10, tzinfo=UTC))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""


ID = event_id(digest, "7", "1001", 0)
KEY, MOVED = EventKey(ROOM_A, ID), EventKey(ROOM_B, ID)
ABSENT: Snapshot[Any] = Snapshot(Presence.ABSENT)
CANCELLED: Snapshot[Any] = Snapshot(Presence.CANCELLED)
UNREADABLE: Snapshot[Any] = Snapshot(Presence.UNREADABLE)
BELIEVED: Snapshot[Any] = Snapshot(Presence.BELIEVED)


def settings(*, outbound: Any = None, inbound: Any = None, sync: Any = None, **more: Any) -> Settings:
    mapping = (MappingRow("10", ROOM_A), MappingRow("11", ROOM_B))
    return Settings(
        "7",
        **{"mapping": mapping, **more},
        outbound=OutboundSettings(**(outbound or {})),
        inbound=InboundSettings(**(inbound or {})),
        sync=SyncSettings(**(sync or {})),
    )


def planning_context(its: Settings | None = None, **more: Any) -> PlanningContext:
    return replace(PlanningContext(its or settings(), NOW, digest, activated_at=NOW - timedelta(days=1)), **more)


def booking(when: When = TEN, **more: Any) -> Booking:
    whole = Booking("1001", "10", NOW, NOW, 20, object_name="Zaal A", external_id=ID)
    return at(replace(whole, **more), when)


def at(of: Booking, when: When) -> Booking:
    if isinstance(when, Timed):
        return replace(of, starts=when.start.astimezone(ZONE), ends=when.end.astimezone(ZONE), day_mode=False)
    starts, ends = (datetime(each.year, each.month, each.day, tzinfo=ZONE) for each in (when.first, when.until))
    return replace(of, starts=starts, ends=ends, day_mode=True)


def event(when: When = TEN, **more: Any) -> Event:
    """The event of the booking, as the service made it."""
    line = "———— i-Reserve · schrijf onder deze regel ————"
    made = Event(KEY, '"1"', when, "Zaal A - 1001", line, reminders=(), mark=Mark("7", "link", "stamp"), updated=NOW)
    return replace(made, **more)


def theirs(when: When = TEN, **more: Any) -> Event:
    """A person's event."""
    made = Event(EventKey(ROOM_A, "person1"), '"1"', when, "Overleg", "Met taart", created=NOW, updated=NOW)
    return replace(made, **more)


def base(of: Booking | None = None, context: PlanningContext | None = None, **more: Any) -> Base:
    of, context = of or booking(), context or planning_context()
    calendar = context.settings.calendar_of(of.object_id) or ROOM_A
    return replace(base_of(appointment_of(of, context.settings, calendar), of, context.digest), **more)


def link(**more: Any) -> Link:
    """The settled link of the two."""
    settled = Link("link", "1001", KEY, life=Active(), base=base(), version=3, event_etag='"1"', event_updated=NOW)
    return replace(settled, **more)


def their_link(**more: Any) -> Link:
    """The settled link of a person's event and its booking."""
    said = digest("Overleg\nMet taart")
    agreed = base(digests={"text": said, "remarks": said})
    settled = Link("theirs", "1001", EventKey(ROOM_A, "person1"), Origin.EVENT, Active(), base=agreed, version=3)
    return replace(settled, event_etag='"1"', event_updated=NOW, **more)


def paused(former: Any = None, **more: Any) -> Paused:
    """The state of a pair that was written too often, just now."""
    return Paused(**{"cause": "too_often", "since": NOW, "former": former or Active(), **more})


def their_booking(when: When = TEN, **more: Any) -> Booking:
    return booking(when, **{"external_id": "person1", "remarks": "Overleg\nMet taart", **more})


def view(
    of: Link | None = None, its: Booking | Snapshot[Booking] | None = None, seen: Event | Snapshot[Event] | None = None
) -> View:
    """Both sides as given; by default the settled pair."""
    left = its if isinstance(its, Snapshot) else Snapshot.of(its or booking())
    right = seen if isinstance(seen, Snapshot) else Snapshot.of(seen or event())
    return View(of or link(), left, right)


# strategies

whens = st.sampled_from((TEN, NOON, EVENING, DAY, LAST_YEAR))
moments = st.none() | st.sampled_from(
    (NOW - timedelta(hours=2), NOW - timedelta(minutes=1), NOW, NOW + timedelta(hours=1))
)
texts = st.sampled_from(("", "Zaal A - 1001", "Overleg", "Tom & Jerry <b>", "onder\nelkaar"))
calendars = st.sampled_from((ROOM_A, ROOM_B, "gone@group.calendar.google.com"))
keys = st.builds(EventKey, calendars, st.sampled_from((ID, "person1", "foreign")))
descriptions = st.sampled_from(
    (
        "",
        "Met taart",
        "———— i-Reserve · schrijf onder deze regel ————",
        "boven\n\n———— i-Reserve · schrijf onder deze regel ————\n⚠ 23-11-2026 09:00 Nee.\nonder",
    )
)
guests = st.lists(st.sampled_from((Guest("klant@example.org"), Guest("Gast@example.org"))), max_size=2).map(tuple)
events = st.builds(
    Event,
    key=keys,
    etag=st.sampled_from(('"1"', '"2"')),
    when=whens,
    title=texts,
    description=descriptions,
    guests=guests,
    reminders=st.sampled_from((None, (), (("popup", 10),))),
    meet=st.sampled_from(MeetState),
    meet_url=st.sampled_from(("", "https://meet.google.com/abc")),
    mark=st.builds(Mark, st.just("7"), st.just("link"), st.sampled_from(("", "stamp"))),
    transparent=st.booleans(),
    organizer_self=st.sampled_from((True, True, False)),
    declined=st.sampled_from((False, False, True)),
    created=moments,
    updated=moments,
)
bookings = st.builds(
    lambda when, **more: at(Booking("1001", starts=NOW, ends=NOW, **more), when),
    whens,
    object_id=st.sampled_from(("10", "11", "12")),
    status=st.sampled_from((10, 20, 30, 70)),
    object_name=st.just("Zaal"),
    external_id=st.sampled_from(("", ID, "person1", "foreign")),
    remarks=texts,
    email=st.sampled_from(("", "klant@example.org")),
    activity_id=st.sampled_from(("", "", "5")),
    fields=st.just({"custom02": ""}),
)
bases = st.none() | st.builds(
    Base,
    whens,
    calendars,
    st.sampled_from(("10", "11")),
    st.sampled_from((10, 20, 70)),
    st.sampled_from(
        (
            {},
            {"title": "x", "guest": digest("klant@example.org")},
            {"text": digest("Overleg"), "remarks": digest("Overleg")},
        )
    ),
)
CONTENT = appointment_of(booking(), settings(), ROOM_A)
LANDED = (Why.GRACE_OVER, Why.EVENT_RESTORED, Why.WRITE_BACK, Why.UNDONE, Why.EVENT_MOVED, Why.EVENT_TEXT)
reasons = st.sampled_from(LANDED)
changes = st.sampled_from(
    (BookingChange(when=NOON), BookingChange(status=70), BookingChange(external_id=ID), BookingChange(object_id="11"))
)
steps = st.one_of(
    st.builds(InsertEvent, keys, st.just(CONTENT), st.just(Why.BOOKING_MADE)),
    st.builds(ReviveEvent, keys, st.none() | st.just(CONTENT), st.just(Why.MADE_AGAIN)),
    st.builds(
        PatchEvent, keys, st.just(""), st.just(EventChange(when=NOON)), st.sampled_from((Why.PUT_BACK, Why.CONFLICT))
    ),
    st.builds(MoveEvent, keys, st.just(""), calendars, st.just(Why.BOOKING_CHANGED)),
    st.builds(DeleteEvent, keys, st.just(""), st.just(Why.BOOKING_CANCELLED)),
    st.builds(WriteBooking, st.just("1001"), changes, reasons),
    st.builds(lambda key: MakeBooking(key, TEN, "10", 20, 1, "external_id", (), Why.EVENT_MADE, digest("asked")), keys),
)
intents = st.none() | st.builds(
    Intent,
    st.sampled_from(("stamp", "other")),
    steps,
    st.sampled_from((NOW, NOW + timedelta(seconds=90))),
    bases,
    ids=st.sampled_from(((), (digest(f"external_id\n{ID}"),))),
)
attempts = st.lists(
    st.builds(
        Attempt,
        st.sampled_from((NOW - timedelta(minutes=1), NOW - timedelta(hours=2))),
        st.sampled_from(("a", "b")),
        st.booleans(),
        st.sampled_from(Ended),
    ),
    max_size=7,
).map(tuple)
overrides = st.builds(
    Override, st.none() | whens, st.none() | st.just("11"), st.none() | st.sampled_from((20, 70)), st.booleans()
)
awake = st.one_of(
    st.just(Unlinked()),
    st.just(LeftOut()),
    st.just(Active()),
    st.builds(Grace, st.sampled_from((NOW - timedelta(minutes=1), NOW, NOW + timedelta(hours=1)))),
    st.builds(Held, st.sampled_from(("event_deleted", "booking_gone", "no_cancel_status"))),
    st.builds(Refused, st.sampled_from((digest("asked"), "other")), st.just("period_taken"), st.just(NOW)),
    st.builds(Detached, st.just("undone")),
    st.sampled_from((Closed(), Closed(Closer.SERVICE, 20))),
)
pauses = st.builds(Paused, st.just("too_often"), st.sampled_from((NOW, NOW - timedelta(hours=2))), awake)
lives = st.just(Active()) | awake | pauses
refusals = st.sampled_from(
    (Refusals(), Refusals(time=Refusal(digest(str(NOON)), "period_taken")), Refusals(room=Refusal("x", "other")))
)
links = st.builds(
    Link,
    id=st.just("link"),
    booking_id=st.sampled_from(("1001", "1001", "")),
    event=st.none() | keys,
    origin=st.sampled_from(Origin),
    life=lives,
    base=bases,
    intent=st.none() | intents,
    order=st.none() | st.none() | st.just(Approve()) | st.just(Restore()) | overrides,
    refusals=refusals,
    ids=st.builds(WrittenIds, foreign=st.booleans()),
    attempts=attempts,
    generation=st.integers(0, 1),
    version=st.integers(0, 3),
    event_etag=st.sampled_from(("", '"1"')),
    event_updated=moments,
    notice=st.sampled_from(("", "period_taken")),
    meet_asked_at=moments,
)


def snapshots(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Snapshot[Any]]:
    return values.map(Snapshot.of) | st.sampled_from((ABSENT, CANCELLED, UNREADABLE, BELIEVED))


views = st.builds(
    View,
    links,
    snapshots(bookings),
    snapshots(events),
    st.none() | snapshots(events),
    st.booleans(),
    st.none() | st.just(NOW + timedelta(seconds=90)),
)
all_settings = st.builds(
    lambda outbound, inbound, sync: settings(outbound=outbound, inbound=inbound, sync=sync),
    st.fixed_dictionaries(
        {
            "external_id_field": st.sampled_from(("external_id", "custom01")),
            "create_meet_link": st.booleans(),
            "meet_link_field": st.just("custom02"),
            "reminder_popup_minutes": st.sampled_from((0, 10)),
            "use_customer_data": st.booleans(),
            "activities": st.sampled_from(("none", "per_booking")),
            "delete_on_status": st.sampled_from(((70, 80), ())),
        }
    ),
    st.fixed_dictionaries(
        {
            "enabled": st.sampled_from((True, True, False)),
            "allow_booking_update": st.booleans(),
            "ignore_validation_errors_on_update": st.booleans(),
            "follow": st.sampled_from(("inbound_object", "all_mapped")),
            "allow_object_change": st.booleans(),
            "deleted_event": st.sampled_from(("cancel", "ask", "restore")),
            "import_existing": st.booleans(),
            "free_events": st.sampled_from(("none", "all_day", "all")),
            "remarks_field": st.sampled_from(("remarks", "none", "custom03")),
        }
    ),
    st.fixed_dictionaries({"conflict_winner": st.sampled_from(("booking", "event"))}),
)
all_circumstances = st.builds(
    PlanningContext,
    all_settings,
    st.just(NOW),
    st.just(digest),
    st.none() | st.just(NOW - timedelta(days=1)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
