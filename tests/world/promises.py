"""What must hold at rest, with all faults off: read from inside both simulators, and by the audit; never by the planner."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.application.store import links, parked
from functions.domain.comparing.event_content import period
from functions.domain.model.appointment import When
from functions.domain.model.errors import Cause
from functions.domain.model.event import EventKey
from tests.world.choice import WINDOW, Choice
from tests.world.world import World, moment

CHOSEN = len("g5decnl2jlsooatk7dbiokgt18rgkm27")  # of an event's id that this service chose
ZONE = "Europe/Amsterdam"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
LOGINS = {Cause.LOGIN, Cause.RIGHTS}  # what i-Reserve may refuse by right
EXPLAINED = {"held", "refused", "paused", "detached", "left_out", "closed"}


def broken(world: World, choice: Choice, *, thorough: bool = True) -> list[str]:
    """Return every broken promise of a world at rest, each with its kind first.

    Another full look at everything must write nothing. Unless `thorough`, the audit is not asked, and the night's look
    was that other one if it wrote nothing itself.
    """
    calm = not world.writes()
    found = [
        *pairs(world, choice),
        *_moved(world),
        *unfinished(world),
        *_said(world),
        *_untold(world),
        *world.trouble.unrepeatable,
        *world.hot,
    ]
    if thorough or found:
        found += _audit(world)
    if thorough or not calm:
        world.forget()
        world.look_again()
        if written := world.writes():
            found.append(f"restless: another look wrote {written}")
    return found


def _audit(world: World) -> list[str]:
    world.api("POST", "/7/audit")
    world.settle(200)
    return [
        f"audit {each['kind']}: booking {each['booking_id']} event {each['event_id']}"
        for each in world.api("GET", "/7/audit")["findings"]
        if each["kind"] != "left_alone" and not (world.restored and _is_forgotten(each))
    ]


def _is_forgotten(finding: dict[str, Any]) -> bool:
    """Whether an audit tells of an event of this service of which a store that was put back knows nothing more."""
    return finding["kind"] == "missing_booking" and len(finding["event_id"]) == CHOSEN


def pairs(world: World, choice: Choice) -> list[str]:
    """Return what both sides show apart from each other."""
    stored = sorted(links.every(world.documents, "7"), key=lambda each: each.occupies is None)
    of_booking = {each.booking_id: each.state.value for each in stored if each.booking_id}
    # a pair that gave up its event's id must have another event by now, whatever the status
    of_booking |= {each.booking_id: "active" for each in stored if each.booking_id and each.gave_up_id}
    of_event = {each.event.id: each.state.value for each in stored if each.event is not None}
    occupied = {each.event for each in stored if each.occupies is not None}
    everything = world.shown()
    shown = [(room, event) for room, event in everything if EventKey(room, event["id"]) not in occupied]
    refused = _refused_names(world)
    unnamed = {
        each.booking_id: each.event.id
        for each in stored
        if each.event is not None and (each.ids.foreign or each.booking_id in refused)
    }
    without = {each.booking_id for each in stored if each.booking_id and each.event is None}
    bookings = as_named(choice, world.bookings(), unnamed, without)
    watched = {room for row in choice.rows for room in (row.calendar, *row.also)}
    begins = moment({"date": str(world.first_day)})
    left = [
        f"left: event {event['id']} on {room} was made by the service and belongs to nothing"
        for room, event in everything
        if room in watched and len(event["id"]) == CHOSEN and of_event.get(event["id"], "closed") == "closed"
        if moment(event["start"]) >= begins
        if not world.restored  # or the store that was put back knows nothing of it
    ]
    return left + apart(
        choice, bookings, shown, lambda id_: of_booking.get(id_, "none"), lambda id_: of_event.get(id_, "none"), begins
    )


def _refused_names(world: World) -> set[str]:
    """Return the bookings into which i-Reserve once did not let an event's id be written: not each reason is tried again."""
    rows = world.documents.find(("integrations", "7", "journal"), order="at", descending=True, limit=1000)
    told = ((e["booking_id"], e["step"], e["why"], e["outcome"]) for _, e in rows)
    return {booking for booking, *what in told if what == ["WriteBooking", "write_back", "refused"]}


def as_named(
    choice: Choice, bookings: list[dict[str, Any]], unnamed: dict[str, str], without: set[str]
) -> list[dict[str, Any]]:
    """Return bookings as if each named the event that it has, or is to have.

    One that names something else, for good, has its event by its pair only (`unnamed`). One `without` an event whose status or
    object makes none goes on naming the event that it lost for good, and another may have that since.
    """

    def name_of(booking: dict[str, Any]) -> str:
        gets_one = booking["status_code"] in choice.made_on and booking["object_id"] in choice.rooms
        if str(booking["id"]) in without and not gets_one:
            return ""
        return unnamed.get(str(booking["id"]), str(booking["external_id"]))

    return [{**each, "external_id": name_of(each)} for each in bookings]


def _moved(world: World) -> list[str]:
    """Return which bookings were over before weeks passed and are not any more, though nobody moved anything so far."""
    return [
        f"moved: booking {each['id']} was over, and is at {each['from']}"
        for each in world.bookings()
        if str(each["id"]) in world.over and each["from"] >= str(world.first_day)
    ]


def apart(
    choice: Choice,
    bookings: list[dict[str, Any]],
    shown: list[tuple[str, dict[str, Any]]],
    of_booking: Callable[[str], str],
    of_event: Callable[[str], str],
    begins: datetime = LONG_AGO,
) -> list[str]:
    """Compare what both simulators show; the states of pairs only explain what is meant to differ.

    What is over on all sides before `begins`, where weeks have passed, may have left the window: it need only not be doubled.
    """
    found = []
    gone = choice.outbound["delete_on_status"]
    live = {str(b["id"]): b for b in bookings if b["status_code"] not in gone}
    events: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for room, event in shown:
        if room in choice.rooms.values():
            events[event["id"]].append((room, event))
    named = Counter(b["external_id"] for b in live.values() if b["external_id"])
    for booking, b in live.items():
        name, its = b["external_id"], events.get(b["external_id"], [])
        told = []
        if named[name] > 1:
            told.append(f"doubled: {named[name]} live bookings name event {name}")
        room_of_it = choice.rooms.get(b["object_id"])
        if not its and room_of_it and (b["status_code"] in choice.made_on or of_booking(booking) == "active"):
            told.append(f"lost: booking {booking} has no event (link {of_booking(booking)}, names {name!r})")
        row_is_gone = b["object_id"] in choice.former - set(choice.rooms)  # such events stay as they are
        for room, event in () if row_is_gone else its:
            if (moment(event["start"]), moment(event["end"])) != (_utc(b["date_from"]), _utc(b["date_till"])):
                told.append(f"apart: booking {booking} at {b['from']}, event {event['id']} at {event['start']}")
            if room != room_of_it:
                told.append(f"apart: booking {booking} of object {b['object_id']} has its event on {room}")
        over = max([_utc(b["date_from"]), *(moment(event["start"]) for _, event in its)]) < begins
        explained = of_booking(booking) in EXPLAINED - ({"closed"} if b["status_code"] in choice.made_on else set())
        if told and (over or explained):
            told = [each for each in told if each.startswith("doubled")]
        found += told
    for identity, its in events.items():
        room, event = its[0]
        text = str(event.get("description", ""))
        if named[identity] or not choice.takes(room, event) or "⚠" in text or "i-Reserve" in text:
            continue
        if moment(event["start"]) < begins:
            continue
        if of_event(identity) not in EXPLAINED:
            found.append(
                f"silent: event {identity} on {room} has no booking and says nothing (link {of_event(identity)})"
            )
    return found


def unfinished(world: World) -> list[str]:
    """Return what the product itself still has to do, or a person."""
    found = [
        f"stuck: link of booking {each.booking_id} in {type(each.intent.step).__name__}"
        for each in links.every(world.documents, "7")
        if each.intent is not None
    ]
    found += [
        f"parked: {body['kind']} {body['subject']} because of {body['reason']}"
        for _, body in parked.every(world.ports, "7")
    ]
    rows = world.documents.find(("integrations", "7", "journal"), order="at", descending=True, limit=1000)
    found += [f"open: journal entry {e['step']} ({e['why']})" for _, e in rows if e["outcome"] == "open"]
    found += [
        f"paused: link of booking {each.booking_id} because of {each.life.cause}"  # type: ignore[union-attr]
        for each in links.every(world.documents, "7")
        if each.state.value == "paused"
    ]
    found += [
        f"waiting: link of booking {each.booking_id} until {each.until}"  # what comes then shows on neither side yet
        for each in links.every(world.documents, "7")
        if each.state.value == "grace" and not (each.base and _is_long_over(world, each.base.when))
    ]
    return found


def _is_long_over(world: World, when: When) -> bool:
    """Whether something was over before the window that is compared now: nobody cancels that any more."""
    return period(when, ZONE)[1] < moment({"date": str(world.first_day + timedelta(days=WINDOW[0]))})


def _untold(world: World) -> list[str]:
    """Return which edits a write took away against the settings, or unread and without a word, although the hint had come."""
    rows = world.documents.find(("integrations", "7", "journal"), order="at", descending=True, limit=1000)
    told = Counter(entry["booking_id"] for _, entry in rows if entry["step"] == "Overwritten")
    return world.races.against + [
        f"untold: {times} edits of booking {booking} were overwritten, {told[booking]} told"
        for booking, times in world.races.taken.items()
        if told[booking] < times
    ]


def _said(world: World) -> list[str]:
    faults = [
        line
        for line in world.log
        if (line["event"] == "error" and line["reason"] not in LOGINS)
        or str(line.get("reason", "")).startswith("fault_")
    ]
    return [f"fault: {line}" for line in faults]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
