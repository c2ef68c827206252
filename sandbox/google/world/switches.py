"""The switches of the simulated Google, each with its everyday value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MeetMode = Literal["success", "pending", "failure"]
Delivery = Literal["deliver", "drop", "delay", "double", "hold"]
MailKind = Literal["invitation", "update", "cancellation", "reply"]
Tombstones = Literal["usual", "full", "bare"]
Texts = Literal["as_sent", "web"]
Unnamed = Literal["calendar", "utc"]


@dataclass
class Switches:
    """The control API's settings; a reset brings the defaults back."""

    latency: float = 0.0
    meet_mode: MeetMode = "success"
    meet_seconds: float = 0.0
    per_minute: int | None = None
    quota_reason: str = "rateLimitExceeded"
    page_size: int | None = None
    page_empty: bool = False
    sync_tokens: bool = True  # False: no list carries one, as with programs that only resemble Google
    tombstones: Tombstones = "usual"
    tombstone_days: float = 183.0  # only vanished instances nearer than this are reported
    lost_removals: int = 0  # how many of the next removals no incremental list will show
    texts: Texts = "as_sent"
    longest_text: int | None = None  # characters of a title, place or description; the rest is cut off
    most_guests: int | None = None  # of an event with more, answers show the calendar's own one only
    unnamed_zone: Unnamed = "calendar"  # of a time in UTC that names none: no page of Google's says which
    moves_heed_etags: bool = True  # no page of Google's says so
    delivery: Delivery = "deliver"
    delivery_seconds: float = 0.0
    sync_before_answer: bool = False
    allow_http: Literal["loopback", "always", "never"] = "loopback"
    leave_out_refresh_token: bool = False
    code_seconds: float = 600.0
    refresh_days: float | None = None
    sync_token_days: float = 28.0
    lag_seconds: float = 0.0


@dataclass
class Mail:
    """One mail Google would have sent to a guest."""

    to: str
    calendar: str
    event: str
    kind: MailKind
    at: str


@dataclass
class Account:
    """A Google account; `roles` maps calendars to its access role, `subscribed` are those on its list."""

    email: str
    roles: dict[str, str] = field(default_factory=dict)
    subscribed: set[str] = field(default_factory=set)
