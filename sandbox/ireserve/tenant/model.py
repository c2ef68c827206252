"""What a tenant holds: objects, bookings, customers, statuses, users and hooks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict

Json = dict[str, Any]


@dataclass
class Status:
    """A booking status; `targets` None means that every status may follow."""

    code: int
    name: str
    counts: bool
    colour: str
    targets: list[int] | None = None


@dataclass
class Object:
    """Something that can be booked; `opening` is two whole hours of the local day.

    A main product has sub-products, which are interchangeable and name it as `main_id`. Objects that share one of their
    `resources` keep each other out.
    """

    id: int
    desc: str
    name: str = ""
    mode: Literal["time", "day", "day_time", "activity"] = "time"
    takes_no_time: bool = False  # a ticket, a hand-over: a booking may end when it begins
    places: int = 1
    group_id: int = 1
    location_id: int | None = None
    opening: tuple[int, int] | None = None
    price: str = "12.50"
    active: bool = True
    main_id: int | None = None
    resources: list[int] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)


@dataclass
class Group:
    """A group of objects."""

    id: int
    desc: str


@dataclass
class Location:
    """Where an object is."""

    id: int
    name: str
    desc: str


@dataclass
class Customer:
    """Whoever a booking is for."""

    id: int
    lastname: str
    email: str = ""
    initials: str = ""
    salutation: str = ""
    postal: str = ""
    tel_mob: str = ""

    @property
    def name(self) -> str:
        """The name as the panel shows it, for instance `Dhr. T. Ester`."""
        return " ".join(part for part in (self.salutation, self.initials, self.lastname) if part)


@dataclass
class Activity:
    """A date and time that can be booked, based on an object; its id is `YYYY-MM-DD_n`."""

    id: str
    object_id: int
    desc: str
    start: datetime
    end: datetime
    places: int = 10


@dataclass
class Booking:
    """A booking; times carry the tenant's zone, day-mode ones are local midnights.

    `parent` is the booking that this sub-booking belongs to; `attached_to` the one whose weekly repetition it is.
    """

    id: int
    object_id: int
    start: datetime
    end: datetime
    status_code: int
    created: datetime
    updated: datetime
    number: int = 1
    remarks: str = ""
    customer_id: int | None = None
    external_id: str = ""
    event_id: str | None = None
    subchannel: str = ""
    internal_remarks: str = ""
    parent: int | None = None
    attached_to: int | None = None
    custom: dict[str, str] = field(default_factory=dict)


class Patch(TypedDict, total=False):
    """The part of a booking that someone wants to have changed."""

    object_id: int
    start: datetime
    end: datetime
    status_code: int
    number: int
    remarks: str
    customer_id: int | None
    external_id: str
    event_id: str | None
    subchannel: str
    internal_remarks: str
    parent: int | None
    attached_to: int | None
    custom: dict[str, str]


@dataclass
class User:
    """An API user and the rights of its authorisation profile; `objects` None means all.

    `overrides` are the rights to save a booking that conflicts: `conflict`, `periods` and `resources`. i-Reserve gives
    the first to its groups Admin, Demo and Employee.
    """

    name: str
    password: str
    bookings: bool = True
    write: bool = True
    customers: bool = True
    hooks: bool = True
    objects: list[int] | None = None
    overrides: list[str] = field(default_factory=list)


@dataclass
class Hook:
    """A registered outgoing webhook."""

    id: int
    event: str
    target_url: str


@dataclass
class World:
    """Everything that `reset` throws away."""

    statuses: dict[int, Status] = field(default_factory=dict)
    objects: dict[int, Object] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    locations: dict[int, Location] = field(default_factory=dict)
    resources: dict[int, str] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    bookings: dict[int, Booking] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    mails: list[Json] = field(default_factory=list)
    custom_fields: tuple[str, ...] = tuple(f"{n:02}" for n in range(1, 11))
    last_booking: int = 1000
    last_hook: int = 0
