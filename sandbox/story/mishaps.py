"""Lost messages, ending channels, dead sync tokens, a killed process: nothing is lost, nothing is doubled."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sandbox.stage import ROOM_A
from sandbox.story.tale import INT_ID, Tale, held, spell
from sandbox.story.telling import a_chat_room_is_told

LIFE = 14.0  # seconds that a channel lives here, opened while Google's clock is behind; it is renewed halfway
BEHIND = LIFE - 7 * 86_400.0  # as the product asks for seven days


def without_notifications_the_sweep_catches_up(tale: Tale) -> Iterator[str]:
    """All webhooks and notifications are lost: the sweep finds the changes."""
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00")
    inbound = str(tale.wait_for_booking(event)["id"])
    outbound = tale.book(day, "13:00", "14:00")
    tale.wait_for_event(outbound)
    _messages(tale, "drop")
    tale.drag(event, day, "08:00", "09:00")
    tale.rebook(outbound, day, "18:00", "19:00")
    missed = tale.book(day, "20:00", "21:00")
    _messages(tale, "deliver")
    held(tale.event_of(missed) is None, "something was told after all")
    tale.stage.api("POST", f"/{INT_ID}/sweep")
    tale.wait_for_booking_time(inbound, day, "08:00")
    tale.wait_for_time(outbound, day, "18:00")
    tale.wait_for_event(missed)
    yield f"booking {inbound} moved to 08:00, the event of {outbound} to 18:00, {missed} got its event"


def _messages(tale: Tale, mode: str) -> None:
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": mode})
    tale.stage.control("google", "POST", "notifications", {"mode": mode})


def off_and_on_doubles_nothing(tale: Tale) -> Iterator[str]:
    """Deactivated, both sides stay as they are; activated again, nothing is made twice."""
    before = [(e["id"], e["start"]) for e in tale.stage.events(ROOM_A)]
    tale.stage.api("POST", f"/{INT_ID}/deactivate")
    held(tale.stage.control("ireserve", "GET", "hooks")["hooks"] == [], "a webhook is left")
    held(not _live(tale), "a channel is left")
    held([(e["id"], e["start"]) for e in tale.stage.events(ROOM_A)] == before, "deactivation changed events")
    mark, count = tale.mark(), len(tale.bookings())
    tale.stage.control("google", "POST", "clock", {"offset": BEHIND})
    tale.stage.api("POST", f"/{INT_ID}/activate")
    tale.wait("three channels", lambda: len(_live(tale)) == 3)
    tale.stage.control("google", "POST", "clock", {"offset": 0})
    tale.wait("the backfill", lambda: tale.stage.api("GET", f"/{INT_ID}")["backfill"].get("finished_at"))
    held("insert" not in tale.writes_since(mark), f"written: {tale.writes_since(mark)}")
    held(len(tale.bookings()) == count, "a booking was made")
    yield f"no webhook and no channel left behind; then both back, {len(before)} events and {count} bookings as before"


def a_channel_near_its_end_is_renewed(tale: Tale) -> Iterator[str]:
    """A channel near its expiry is renewed: the new one first, then the old one stops."""
    old = {each["calendar"]: each for each in _live(tale)}
    tale.wait("half of the channels' life to pass", lambda: _left(old[ROOM_A]) < LIFE / 2 - 1)
    left = _left(old[ROOM_A])
    tale.stage.renew()
    new = tale.wait("new channels", lambda: _replaced(tale, {each["id"] for each in old.values()}))
    event = tale.draw(tale.new_day(), "10:00", "11:00")
    booking = tale.wait_for_booking(event)
    first = next(each for each in new if each["calendar"] == ROOM_A)
    yield f"Room A: {left:.0f} s left -> {_left(first) / 86_400:.1f} days; booking {booking['id']} came through it"


def _left(channel: Any) -> float:
    return (parsedate_to_datetime(channel["expires"]) - datetime.now(UTC)).total_seconds()


def _live(tale: Tale) -> list[Any]:
    return [each for each in tale.stage.control("google", "GET", "channels")["channels"] if each["live"]]


def _replaced(tale: Tale, old: set[str]) -> list[Any]:
    live = _live(tale)
    return live if len(live) == len(old) and not old & {each["id"] for each in live} else []


def a_dead_sync_token_loses_nothing(tale: Tale) -> Iterator[str]:
    """The sync token dies while changes wait: a full list finds them all, and what it does not show is looked up."""
    day = tale.new_day()
    moved, deleted = tale.draw(day, "08:00", "09:00"), tale.draw(day, "10:00", "11:00")
    bookings = [str(tale.wait_for_booking(e)["id"]) for e in (moved, deleted)]
    _messages(tale, "drop")
    tale.drag(moved, day, "18:00", "19:00")
    tale.bin(deleted)
    tale.stage.control("google", "POST", "sync-tokens/expire", {})
    _messages(tale, "deliver")
    made = tale.draw(day, "13:00", "14:00")
    new = tale.wait_for_booking(made)
    tale.wait_for_booking_time(bookings[0], day, "18:00")
    tale.wait("the cancellation", lambda: tale.stage.read_booking(bookings[1])["status_code"] == 70)
    yield f"booking {bookings[0]} moved to 18:00, {bookings[1]} cancelled after the grace, {new['id']} made"


def a_killed_process_loses_nothing(tale: Tale) -> Iterator[str]:
    """The product is killed; what people do meanwhile is there once it is back."""
    day = tale.new_day()
    event = tale.draw(day, "10:00", "11:00")
    inbound = str(tale.wait_for_booking(event)["id"])
    time.sleep(1)  # until the pull that made it is over: its lease would last 90 s
    waiting = tale.book(day, "13:00", "14:00")
    tale.stage.break_down()
    tale.drag(event, day, "16:00", "17:00")
    booking = tale.book(day, "19:00", "20:00")
    tale.stage.recover()
    found = [tale.wait_for_event(each) for each in (waiting, booking)]
    tale.wait_for_booking_time(inbound, day, "16:00")
    yield f"made just before: {spell(found[0])}; made meanwhile: {spell(found[1])}; booking {inbound} moved to 16:00"
    ids = [each["external_id"] for each in tale.bookings() if each["external_id"]]
    held(len(ids) == len(set(ids)), "two bookings share an event")


def a_second_opinion_finds_what_went_by(tale: Tale) -> Iterator[str]:
    """The audit lists both sides by rules of its own: it finds nothing amiss, and then what a lost message hid."""
    first = _audited(tale)
    held(first["found"] == 0, f"it found {first['counts']}")
    yield f"{first['bookings']} bookings and {first['events']} events: no difference"
    booking = next(
        str(each["id"]) for each in tale.bookings() if tale.event_of(str(each["id"]))
    )  # nobody looks at it now
    day = tale.new_day()
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": "drop"})
    tale.rebook(booking, day, "07:00", "08:00")
    second = _audited(tale)
    tale.stage.control("ireserve", "POST", "hooks/mode", {"mode": "deliver"})
    found = [(each["kind"], each["booking_id"]) for each in second["findings"] if each["kind"] != "left_alone"]
    held(found == [("other_time", booking)], f"it found {found}")
    tale.stage.api("POST", f"/{INT_ID}/resync")
    tale.wait_for_time(booking, day, "07:00")
    yield f"booking {booking} moved without a webhook: found as {found[0][0]}; a resync moved its event"


def _audited(tale: Tale) -> Any:
    tale.stage.api("POST", f"/{INT_ID}/audit")
    return tale.wait("the audit", lambda: (a := tale.stage.api("GET", f"/{INT_ID}/audit"))["state"] == "done" and a)


def in_the_end_both_sides_agree(tale: Tale) -> Iterator[str]:
    """In the end both sides agree: every booking that should have an event has one, at the same time, and nothing waits."""
    created_on = tale.stage.api("GET", f"/{INT_ID}")["outbound"]["create_on_status"]
    wanted = [each for each in tale.bookings() if each["status_code"] in created_on]
    for each in wanted:
        calendar = {10: ROOM_A}.get(each["object_id"])
        if calendar is not None:
            event = tale.event_of(str(each["id"]))
            held(event is not None, f"booking {each['id']} has no event")
            tale.wait_for_time(str(each["id"]), each["from"][:10], each["from"][11:])
    parked = tale.stage.api("GET", f"/{INT_ID}/parked")
    held(parked == [], f"parked: {parked}")
    entries = tale.stage.api("GET", f"/{INT_ID}/journal?limit=500")
    lags = sorted(e["lag_seconds"] for e in entries if "lag_seconds" in e and e["hint"] in ("webhook", "notification"))
    held(lags, "no change came by webhook or notification")
    yield f"{len(wanted)} bookings, nothing parked, {len(entries)} entries in the journal"
    yield f"from a webhook or notification to the write: median {lags[len(lags) // 2]:.3f} s of {len(lags)}"


STEPS = (
    without_notifications_the_sweep_catches_up,
    off_and_on_doubles_nothing,
    a_channel_near_its_end_is_renewed,
    a_dead_sync_token_loses_nothing,
    a_killed_process_loses_nothing,
    a_second_opinion_finds_what_went_by,
    a_chat_room_is_told,
    in_the_end_both_sides_agree,
)
