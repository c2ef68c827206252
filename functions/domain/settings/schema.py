"""The settings of one integration, as i-Reserve's screens name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from functions.domain.settings.facts import codes, days, several, text, whole

# Google's event colours, by the names in its web calendar
# https://developers.google.com/workspace/calendar/api/v3/reference/colors
COLOURS = {
    "lavender": "1",
    "sage": "2",
    "grape": "3",
    "flamingo": "4",
    "banana": "5",
    "tangerine": "6",
    "peacock": "7",
    "graphite": "8",
    "blueberry": "9",
    "basil": "10",
    "tomato": "11",
}


def is_room(calendar: str) -> bool:
    """Whether a calendar is a Workspace resource, a room that is booked by inviting it."""
    return calendar.endswith("@resource.calendar.google.com")


@dataclass(frozen=True, slots=True)
class IReserveSettings:
    """Where i-Reserve is; the password is a secret and not part of the settings."""

    base_url: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """The organisation's OAuth client; its secret is not part of the settings."""

    client_id: str = ""


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    """Bookings to events. Minutes count back from the start; 0 means no reminder."""

    external_id_field: str = "external_id"
    title_template: str = text("{OBJECT} - {BOOKING_NUMBER}", 500, lines=True)
    description_template: str = text("{REMARKS}", 8000, lines=True)
    create_meet_link: bool = False
    meet_link_field: str = ""
    reminder_popup_minutes: int = whole(0, 0, 1440, "0 (off) to 1440 minutes")
    reminder_email_minutes: int = whole(0, 0, 1440, "0 (off) to 1440 minutes")
    use_customer_data: bool = False
    notify_guests: bool = False
    create_on_status: tuple[int, ...] = codes(20, 30)
    delete_on_status: tuple[int, ...] = codes(70, 80)
    tentative_on_status: tuple[int, ...] = codes()
    tentative_is_free: bool = False
    location_template: str = text("", 500)
    colour_by: Literal["none", "status", "object"] = "none"
    colours: Mapping[str, str] = field(default_factory=dict)
    use_labels: bool = False
    activities: Literal["none", "per_booking"] = "none"

    @property
    def made_on(self) -> frozenset[int]:
        """Statuses whose bookings get an event."""
        return frozenset((*self.create_on_status, *self.tentative_on_status))

    @property
    def listed(self) -> frozenset[int]:
        """Statuses in any list; a booking with another status gets no event, and needs none."""
        return self.made_on | frozenset(self.delete_on_status)

    def removes(self, status: int | None) -> bool:
        """Whether a booking with this status must have no event, and leaves its hours free; False if it is unknown."""
        return status in self.delete_on_status


@dataclass(frozen=True, slots=True)
class MappingRow:
    """Maps an object's bookings to a calendar; the object `*` is every other object.

    `shows` is how much others see: everything, details only with access to private events, or just that the time is
    taken (`booked_text`, "" = the language's own word).
    """

    object: str
    calendar: str
    shows: Literal["full", "private", "booked"] = "full"
    booked_text: str = text("", 100)
    also: tuple[str, ...] = several(20)  # further calendars, in which its bookings show as occupied
    before_minutes: int = whole(0, 0, 720, "0 (none) to 720 minutes")  # of preparation
    after_minutes: int = whole(0, 0, 720, "0 (none) to 720 minutes")  # of clearing
    around: Literal["text", "events"] = "text"  # how they show: in the event's text, or as occupied events around it
    new_events: bool = False  # new events of a calendar shared by several objects go to this row


@dataclass(frozen=True, slots=True)
class InboundSettings:
    """Events to bookings."""

    enabled: bool = True
    object: str = ""
    status: int = whole(20, 0, 9999, "a status code from 0 to 9999")
    number: int = whole(1, 1, 10_000, "1 to 10000 places")
    allow_booking_update: bool = False
    ignore_validation_errors_on_update: bool = False
    follow: Literal["inbound_object", "all_mapped"] = "inbound_object"
    allow_object_change: bool = False
    deleted_event: Literal["cancel", "ask", "restore"] = "cancel"
    cancel_status: int | None = whole(None, 0, 9999, "a status code from 0 to 9999")
    import_existing: bool = False
    free_events: Literal["none", "all_day", "all"] = "all_day"
    invitations: Literal["none", "resources", "all"] = "none"
    tell_organizer: bool = False
    remarks_field: str = "remarks"


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """How both directions run."""

    window_days: tuple[int, int] = days(-90, 365)
    day_end: Literal["exclusive", "inclusive"] = "exclusive"
    backfill: Literal["all", "future", "none"] = "future"
    sweep_minutes: int = whole(15, 1, 1440)
    poll_seconds: int = whole(60, 15, 3600)
    conflict_winner: Literal["booking", "event"] = "booking"
    cancel_grace_seconds: int = whole(120, 0, 86_400)
    hold_over: int = whole(10, 1, 10_000)
    overlap_guard: Literal["auto", "always", "never"] = "auto"


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Who is told when the sync needs a person; with `auto` the webhook's host decides the format.

    With `weekly_report` the address gets a mail each Monday about the past week.
    """

    email: str = ""
    webhook_url: str = ""
    webhook_form: Literal["auto", "json", "google_chat", "slack", "teams"] = "auto"
    weekly_report: bool = False

    @property
    def ways(self) -> tuple["AlertSettings", ...]:
        """The same settings once per address, so that each can fail on its own."""
        apart = (replace(self, email=""), replace(self, webhook_url=""))
        return tuple(each for each in apart if each.webhook_url or each.email)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one integration; `id` is the `int_id` of the routes."""

    # for input in YAML, JSON and forms: ids and objects may be unquoted numbers, texts are trimmed; nested parts too
    __pydantic_config__: ClassVar[Mapping[str, bool]] = {"coerce_numbers_to_str": True, "str_strip_whitespace": True}

    id: str
    name: str = text("", 120)
    language: Literal["nl", "en"] = "nl"
    timezone: str = text("Europe/Amsterdam", 60)
    ireserve: IReserveSettings = field(default_factory=IReserveSettings)
    google: GoogleSettings = field(default_factory=GoogleSettings)
    outbound: OutboundSettings = field(default_factory=OutboundSettings)
    mapping: tuple[MappingRow, ...] = ()
    inbound: InboundSettings = field(default_factory=InboundSettings)
    sync: SyncSettings = field(default_factory=SyncSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    # not a setting: main objects by object, as bookings and i-Reserve's list show them ("" = none); see `row_of`
    mains: Mapping[str, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def knowing(self, mains: Mapping[str, str]) -> "Settings":
        """Return the settings with the known main objects."""
        if self.mains == mains:
            return self
        known = replace(self)
        object.__setattr__(known, "mains", mains)
        return known

    @property
    def calendars(self) -> tuple[str, ...]:
        """The mapped calendars, without duplicates: those of the rows in order, then the further ones (`also`)."""
        own = (row.calendar for row in self.mapping)
        return tuple(dict.fromkeys((*own, *(calendar for row in self.mapping for calendar in row.also))))

    def with_primary(self, account: str) -> "Settings":
        """Return the settings with `primary` replaced by the account's own calendar; unchanged without an account."""
        if not account:
            return self
        rows = (
            replace(row, also=tuple(account if each == "primary" else each for each in row.also))
            for row in self.mapping
        )
        named = tuple(replace(row, calendar=account) if row.calendar == "primary" else row for row in rows)
        return replace(self, mapping=named)

    def row_of(self, object_id: str) -> MappingRow | None:
        """Return the row for an object: its own, else its main object's, else the row `*`, or None."""
        names = (object_id, self.mains.get(object_id, ""), "*")
        return next((row for name in names for row in self.mapping if row.object == name), None)

    def calendar_of(self, object_id: str) -> str | None:
        """Return the calendar for an object's bookings, or None."""
        row = self.row_of(object_id)
        return row.calendar if row is not None else None

    def takes_invitations(self, calendar: str) -> bool:
        """Whether an accepted invitation to this calendar becomes a booking."""
        chosen = self.inbound.invitations
        return chosen == "all" or (chosen == "resources" and is_room(calendar))

    def objects_of(self, calendar: str) -> tuple[str, ...]:
        """Return the objects whose own row maps to a calendar."""
        return tuple(row.object for row in self.mapping if row.calendar == calendar and row.object != "*")

    @property
    def inbound_object(self) -> str:
        """The object that new events book: as set, else the first row's object that is not `*`."""
        return self.inbound.object or next((row.object for row in self.mapping if row.object != "*"), "")

    @property
    def cancel_status(self) -> int | None:
        """The status a booking gets after its event was deleted."""
        if self.inbound.cancel_status is not None:
            return self.inbound.cancel_status
        return next(iter(self.outbound.delete_on_status), None)

    def object_for_new_event(self, calendar: str) -> str | None:
        """Return the object that a new event on this calendar books, or None if it books none."""
        if not self.inbound.enabled:
            return None
        if self.inbound.follow == "inbound_object":
            target = self.inbound_object
            return target if target and self.calendar_of(target) == calendar else None
        objects = self.objects_of(calendar)
        if len(objects) > 1:
            objects = tuple(row.object for row in self.mapping if row.new_events and row.object in objects)
        return objects[0] if len(objects) == 1 else None

    def shares(self, calendar: str) -> bool:
        """Whether a new event of this calendar may name its object: several share it and new events are followed."""
        followed = self.inbound.enabled and self.inbound.follow == "all_mapped"
        return followed and len(self.objects_of(calendar)) > 1
