"""Faults in settings: all of them at once, each with its field and what to do.

Types are checked on input and ranges are declared with each setting (`facts.py`); here are the rules between fields.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter

from functions.domain.model.addresses import is_mail_address, rest_base, web_address
from functions.domain.model.bounds import whole_number
from functions.domain.model.errors import Fault
from functions.domain.model.identity import is_int_id, is_ireserve_id
from functions.domain.model.messages import say
from functions.domain.model.zones import is_zone
from functions.domain.settings.facts import facts, is_tidy
from functions.domain.settings.schema import COLOURS, AlertSettings, MappingRow, Settings
from functions.domain.settings.template import template_faults

LONGEST_WORD = 100
# of i-Reserve's site and its panel, which answer with HTML
# https://support.i-reserve.net/nl/ontwikkelaar/webservice-api/hoe-kan-ik-jullie-apis-gebruiken/
PAGES = ("", "admin", "adminlogin", "login")
CUSTOM = re.compile(r"custom([0-9]{1,3})")


def settings_faults(s: Settings) -> tuple[Fault, ...]:
    """Return all faults in one integration's settings."""
    return tuple(
        Fault(field, message)
        for part in (
            _identity(s),
            _ranges(s),
            _addresses(s),
            _outbound(s),
            _statuses(s),
            _mapping(s),
            _inbound(s),
            _sync(s),
            alert_faults(s.alerts),
        )
        for field, message in part
    )


def faults_between(settings: Settings, others: Iterable[Settings]) -> tuple[Fault, ...]:
    """Return an integration's conflicts with the others: one tenant's object used twice, one calendar used twice."""
    faults: list[Fault] = []
    for other in others:
        if other.id == settings.id:
            continue
        mine, theirs = ({row.object for row in s.mapping} for s in (settings, other))
        overlap = mine & theirs | (mine if "*" in theirs else set()) | (theirs if "*" in mine else set())
        same_tenant = _tenant(settings.ireserve.base_url) == _tenant(other.ireserve.base_url) is not None
        if same_tenant and overlap:
            named = ", ".join(sorted(overlap))
            both, star = mine & theirs, other.id if "*" in theirs else settings.id
            says = say("integration {} maps the same objects ({}); give each object to one", other.id, named)
            if not both - {"*"}:
                says = say(
                    "the row * of integration {} covers the same objects ({}); take that row away there", star, named
                )
            faults.append(Fault("mapping", says))
        shared = set(settings.calendars) & set(other.calendars) - {"primary"}
        if shared:
            faults.append(
                Fault("mapping", say("integration {} uses calendar {} too; give each its own", other.id, min(shared)))
            )
    return tuple(faults)


def _tenant(url: str) -> tuple[str, int | None, str] | None:
    """Return what names a tenant however its address is written, or None: host, port (None: the usual one), path."""
    parts = web_address(rest_base(url.lower()))
    if parts is None:
        return None
    return (parts.hostname or "").removesuffix("."), None if parts.port in (80, 443) else parts.port, parts.path


Found = Iterator[tuple[str, str]]


def _identity(s: Settings) -> Found:
    if not is_int_id(s.id):
        yield "id", "use 1 to 40 letters, digits, - or _"
    if not is_zone(s.timezone):
        yield "timezone", say("“{}” is not a time zone; use a name such as Europe/Amsterdam", s.timezone[:64])


def _ranges(s: Settings) -> Found:
    for name, fact in facts(Settings).items():
        if not fact.holds(attrgetter(name)(s)):
            yield name, fact.advice


def _addresses(s: Settings) -> Found:
    parts = web_address(rest_base(s.ireserve.base_url))
    page = parts.path.rpartition("/")[2].lower() if parts is not None else ""
    if parts is None or page in PAGES or page.endswith(".php"):
        yield (
            "ireserve.base_url",
            "give the address of the interface, such as https://tenant.i-reserve.net/api/rest",
        )
    elif "@" in parts.netloc or parts.query or parts.fragment:
        yield "ireserve.base_url", "give the address without user name, password, ? or #"
    if not s.ireserve.username:
        yield "ireserve.username", "give the name of the API user in i-Reserve"
    if not s.google.client_id:
        yield "google.client_id", "give the Client ID of the OAuth client made in Google Cloud"


def _outbound(s: Settings) -> Found:
    o = s.outbound
    if o.external_id_field != "external_id" and not CUSTOM.fullmatch(o.external_id_field):
        yield "outbound.external_id_field", "use external_id or a custom field such as custom01"
    for name in ("title_template", "description_template", "location_template"):
        for fault in template_faults(getattr(o, name)):
            yield f"outbound.{name}", fault
    if not o.title_template.strip():
        yield "outbound.title_template", "give the event a title, for instance {OBJECT} - {BOOKING_NUMBER}"
    if o.create_meet_link and not o.meet_link_field:
        yield (
            "outbound.meet_link_field",
            "name the field that gets the Meet link, or switch Create Google Meet link off",
        )
    if o.meet_link_field and not CUSTOM.fullmatch(o.meet_link_field):
        yield "outbound.meet_link_field", "use a custom field such as custom02"
    if o.meet_link_field and _one_field(o.meet_link_field) == _one_field(o.external_id_field):
        yield "outbound.meet_link_field", "use another field than the one for the event id"


def _one_field(name: str) -> str:
    """Return a field's name in one spelling: custom2 and custom02 are one field."""
    custom = CUSTOM.fullmatch(name)
    return f"custom{int(custom[1])}" if custom is not None else name


def _statuses(s: Settings) -> Found:
    o = s.outbound
    if not o.create_on_status:
        yield "outbound.create_on_status", "name at least one status on which an event is created"
    if both := sorted(set(o.create_on_status) & set(o.delete_on_status)):
        yield (
            "outbound.delete_on_status",
            say("status {} is in Create on status too; keep it in one of the two", both[0]),
        )
    for name in ("create_on_status", "delete_on_status"):
        if both := sorted(set(o.tentative_on_status) & set(getattr(o, name))):
            yield "outbound.tentative_on_status", say("status {} is in another list too; keep it in one", both[0])
    for key, colour in o.colours.items():
        if o.colour_by == "status" and whole_number(key, 4) is None:
            says = say("“{}” is not a status code; use a number from 0 to 9999", key[:LONGEST_WORD])
            yield f"outbound.colours.{key}", says
        elif not is_ireserve_id(key):
            yield f"outbound.colours.{key}", say("“{}” is not the number of an object", key[:LONGEST_WORD])
        if colour not in COLOURS and not (o.use_labels and colour and is_tidy(colour, LONGEST_WORD)):
            yield f"outbound.colours.{key}", say("use one of {}", ", ".join(COLOURS))


def _mapping(s: Settings) -> Found:
    if not s.mapping:
        yield "mapping", "add at least one row object -> calendar"
    for i, row in enumerate(s.mapping):
        if row.object != "*" and not is_ireserve_id(row.object):
            yield f"mapping.{i}.object", "give the number of an object, or * for all other objects"
        if not is_tidy(row.calendar):
            yield f"mapping.{i}.calendar", "use at most 500 characters, and no control characters"
        if not row.calendar:
            yield f"mapping.{i}.calendar", "choose a calendar"
        yield from _beside(f"mapping.{i}", row)
    for calendar, times in Counter(row.calendar for row in s.mapping if row.new_events).items():
        if times > 1:
            yield "mapping", say("{} rows of one calendar are for its new events ({}); keep one", times, calendar)
    for name, times in Counter(row.object for row in s.mapping).items():
        if times > 1 and name:
            yield "mapping", say("object {} has {} rows; keep one", name, times)


def _beside(name: str, row: MappingRow) -> Found:
    """Yield the faults in a row's further calendars, its minutes before and after, and its text for occupied events."""
    yield from _also(f"{name}.also", row)
    for part in ("before_minutes", "after_minutes", "booked_text"):
        fact = facts(MappingRow)[part]
        if not fact.holds(getattr(row, part)):
            yield f"{name}.{part}", fact.advice


def _also(name: str, row: MappingRow) -> Found:
    for n, calendar in enumerate(row.also):
        if not calendar or not is_tidy(calendar):
            yield f"{name}.{n}", "choose a calendar"
        elif calendar == row.calendar or calendar in row.also[:n]:
            yield f"{name}.{n}", "name each calendar of a row once"
    most = facts(MappingRow)["also"].most or 0
    if len(row.also) > most:
        yield name, say("name at most {} further calendars", most)


def _inbound(s: Settings) -> Found:
    i = s.inbound
    if i.remarks_field not in ("remarks", "none") and not CUSTOM.fullmatch(i.remarks_field):
        yield "inbound.remarks_field", "use remarks, none or a custom field such as custom03"
    elif _one_field(i.remarks_field) in map(_one_field, (s.outbound.external_id_field, s.outbound.meet_link_field)):
        yield "inbound.remarks_field", "use another field than those for the event id and the Meet link"
    can_be = not i.object or is_ireserve_id(i.object)
    if not can_be:
        yield "inbound.object", say("“{}” is not the number of an object", i.object[:LONGEST_WORD])
    if not i.enabled:
        return
    if i.status in s.outbound.delete_on_status:
        yield (
            "inbound.status",
            say("status {} is in Delete on status: such a booking would remove its own event", i.status),
        )
    if s.cancel_status is None:
        yield "inbound.cancel_status", "name the status for a deleted event, or add one to Delete on status"
    elif s.cancel_status not in s.outbound.delete_on_status:
        yield (
            "inbound.cancel_status",
            say("add status {} to Delete on status, or use one that is in it", s.cancel_status),
        )
    if i.follow == "inbound_object" and can_be:
        if s.mapping and not s.inbound_object:
            yield (
                "inbound.object",
                "only the row * exists: name the object that new events become bookings of",
            )
        elif s.mapping and s.calendar_of(s.inbound_object) is None:
            yield "inbound.object", say("object {} has no calendar; add a row for it or for *", s.inbound_object)


def _sync(s: Settings) -> Found:
    y = s.sync
    first, last = y.window_days
    if not first <= 0 <= last:
        yield "sync.window_days", facts(Settings)["sync.window_days"].advice


def alert_faults(alerts: AlertSettings) -> Found:
    """Yield the faults in the addresses for alerts, each with its field."""
    if alerts.email and not is_mail_address(alerts.email):
        yield "alerts.email", "give one e-mail address"
    if alerts.weekly_report and not alerts.email:
        yield "alerts.email", "give the address that the weekly report goes to"
    if alerts.webhook_url and web_address(alerts.webhook_url) is None:
        yield "alerts.webhook_url", "give an https address"
