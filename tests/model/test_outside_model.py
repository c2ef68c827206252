"""The model test of the outside as it is: series that people shift, split and delete, and a room that is invited.

Google gives a split series a root with an unrelated id, does not report some removals, keeps whole days on a room's
calendar as midnights, and puts copies there of events to which the room is invited. Whenever everything has arrived,
each occurrence in the window has one booking at its time, there are no other bookings, none was replaced because it
moved, no copy was written, nothing is parked, and another full comparison writes nothing. `OUTSIDE_EXAMPLES=500` plays
that many stories, different ones each time.
"""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.harness.place import GUEST, PLANNER, ROOM_A, Place, when
from tests.model.rest import come_to_rest, of_the_organizer, plant, utc
from tests.model.test_sync_model import profile

EXAMPLES, STEPS = int(os.environ.get("OUTSIDE_EXAMPLES", "4")), 8
HALL = "c_hall1@resource.calendar.google.com"
MAPPING = [{"object": "10", "calendar": ROOM_A}, {"object": "12", "calendar": HALL}]
CANCELLED = 70
FIRST_DAY = date(2026, 11, 24)
HOURS = ("08:00", "10:30", "13:00", "19:00")
LENGTH = timedelta(hours=1)


def moment(side: dict[str, str]) -> datetime:
    """Return when an event begins or ends; days are midnights in Amsterdam, which is an hour ahead in winter."""
    return datetime.fromisoformat(side.get("dateTime") or f"{side['date']}T00:00:00+01:00").astimezone(UTC)


class World:
    """A product with a calendar of series and a room's calendar, and what people and Google may do to both."""

    def __init__(self, directory: Path) -> None:
        self.place = Place(directory)
        self.place.ireserve("PATCH", "objects/10", {"places": 50})
        self.place.google("POST", "calendars", {"id": HALL, "account": PLANNER})
        self.place.activate(mapping=MAPPING, inbound={"allow_booking_update": True}, sync={"hold_over": 1000})
        self.births = 0  # occurrences that people made: there must never be more bookings
        self.invited: dict[str, dict[str, Any]] = {}

    def roots(self) -> list[dict[str, Any]]:
        return sorted(
            (each for each in self.place.events() if each.get("recurrence")), key=lambda each: str(each["id"])
        )

    def occurrences(self) -> list[dict[str, Any]]:
        return sorted(self.place.events(expand=True), key=lambda each: (moment(each["start"]), str(each["id"])))

    def draw(self, hour: int, weekly: bool, count: int) -> None:  # noqa: FBT001 -- a word of a story
        start = datetime.fromisoformat(f"{FIRST_DAY}T{HOURS[hour]}")
        rule = f"RRULE:FREQ={'WEEKLY' if weekly else 'DAILY'};COUNT={count}"
        self.place.draw(f"{start:%Y-%m-%dT%H:%M}", f"{start + LENGTH:%Y-%m-%dT%H:%M}", recurrence=[rule])
        self.births += count

    def split(self, which: int, at: int, hour: int, title: int) -> None:
        """Change this and the following ones: the time, and so the root, or the title only."""
        found = [each for each in self.occurrences() if each.get("recurringEventId")]
        if not found:
            return
        one = found[which % len(found)]
        family = [each for each in found if each["recurringEventId"] == one["recurringEventId"]]
        if at % len(family) == 0:
            return  # that would be the whole series
        first = family[at % len(family)]
        day = moment(first.get("originalStartTime", first["start"])).astimezone().date()
        start = datetime.fromisoformat(f"{day}T{HOURS[hour]}")
        times = when(f"{start:%Y-%m-%dT%H:%M}", f"{start + LENGTH:%Y-%m-%dT%H:%M}")
        patch = {"summary": f"Toernooi {title}"} if title else times
        at_ = first["originalStartTime"]["dateTime"]
        self._counting(lambda: self._deed(one["recurringEventId"], "split", at=at_, patch=patch))

    def shift(self, which: int, hour: int) -> None:
        """Move a whole series to another hour."""
        if roots := self.roots():
            root = roots[which % len(roots)]
            start = datetime.fromisoformat(f"{moment(root['start']):%Y-%m-%d}T{HOURS[hour]}")
            end = start + LENGTH
            self._counting(lambda: self.place.drag(root["id"], f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}"))

    def _counting(self, deed: Callable[[], None]) -> None:
        """Change a series; at an earlier hour one more occurrence may fit before the end of its rule."""
        before = len(self.occurrences())
        deed()
        self.births += max(0, len(self.occurrences()) - before)

    def delete_one(self, which: int) -> None:
        if found := self.occurrences():
            self.place.delete(found[which % len(found)]["id"])

    def delete_series(self, which: int) -> None:
        if roots := self.roots():
            self.place.delete(roots[which % len(roots)]["id"])

    def lose_removal(self) -> None:
        self.place.google("POST", "tombstones", {"lose": 1})

    def token_dies(self) -> None:
        self.place.google("POST", "sync-tokens/expire", {})

    def pages(self, size: int) -> None:
        self.place.google("POST", "pages", {"size": size or None})

    def texts(self, mode: str) -> None:
        self.place.google("POST", "texts", {"mode": mode})

    def fault(self, moment_: str) -> None:
        plant(self.place, moment_)

    def book_days(self, first: int, days: int) -> None:
        """Book the room for whole days, which its calendar keeps as midnights."""
        start = FIRST_DAY + timedelta(days=first)
        self.place.book(f"{start}", f"{start + timedelta(days=days)}", object_id=12)

    def invite(self, first: int) -> None:
        """Invite the room to a person's event: its calendar gets a copy, which only that person may write."""
        day = FIRST_DAY + timedelta(days=30 + first)
        body = {"summary": "Uitnodiging", **when(f"{day}T10:00", f"{day}T11:00"), "attendees": [{"email": HALL}]}
        made = self.place.google("POST", f"calendars/{quote(GUEST)}/events", body)
        self.invited[made["id"]] = of_the_organizer(self.place, made["id"])

    def touch(self, which: int) -> None:
        if found := self.place.events(HALL):
            event = found[which % len(found)]
            if event["id"] not in self.invited:
                self.place.edit(event["id"], HALL, location=f"Hal {which}")

    def time_passes(self, seconds: int) -> None:
        self.place.settle(seconds)

    def _deed(self, event: str, deed: str, **body: Any) -> None:
        self.place.google("POST", f"calendars/{quote(ROOM_A)}/events/{event}/{deed}", body)

    # what must hold

    def quiesce(self) -> None:
        come_to_rest(self.place, self.check)

    def check(self) -> None:
        bookings = self.place.bookings()
        standing = [each for each in bookings if each["object_id"] == 10 and each["status_code"] != CANCELLED]
        shown = {each["id"]: tuple(moment(each[side]) for side in ("start", "end")) for each in self.occurrences()}
        booked = {
            each["external_id"]: tuple(utc(each[side]) for side in ("date_from", "date_till")) for each in standing
        }
        assert booked == shown
        assert len(standing) == len(booked)
        assert len([each for each in bookings if each["object_id"] == 10]) <= self.births
        rooms = sorted(
            utc(each[side]) for each in bookings if each["object_id"] == 12 for side in ("date_from", "date_till")
        )
        ours = [each for each in self.place.events(HALL) if each["id"] not in self.invited]
        assert sorted(moment(each[side]) for each in ours for side in ("start", "end")) == rooms
        assert {each: of_the_organizer(self.place, each) for each in self.invited} == self.invited


which, hour = st.integers(0, 9), st.integers(0, len(HOURS) - 1)


class OutsideMachine(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    begin: Callable[[], World]

    @initialize(hour=hour, weekly=st.booleans(), count=st.integers(2, 8))
    def begins(self, hour: int, weekly: bool, count: int) -> None:  # noqa: FBT001
        self.world = type(self).begin()
        self.world.draw(hour, weekly, count)
        self.world.time_passes(60)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.quiesce()
            self.world.place.leave()

    @rule(hour=hour, weekly=st.booleans(), count=st.integers(1, 6))
    def draw(self, hour: int, weekly: bool, count: int) -> None:  # noqa: FBT001
        self.world.draw(hour, weekly, count)

    @rule(which=which, at=which, hour=hour, title=st.sampled_from((0, 0, 1, 2)))
    def split(self, which: int, at: int, hour: int, title: int) -> None:
        self.world.split(which, at, hour, title)

    @rule(which=which, hour=hour)
    def shift(self, which: int, hour: int) -> None:
        self.world.shift(which, hour)

    @rule(which=which, deed=st.sampled_from(("delete_one", "delete_one", "delete_series", "touch")))
    def comes_or_goes(self, which: int, deed: str) -> None:
        getattr(self.world, deed)(which)

    @rule(deed=st.sampled_from(("lose_removal", "token_dies")))
    def silence(self, deed: str) -> None:
        getattr(self.world, deed)()

    @rule(size=st.sampled_from((0, 2, 5)))
    def pages(self, size: int) -> None:
        self.world.pages(size)

    @rule(mode=st.sampled_from(("as_sent", "web")))
    def texts(self, mode: str) -> None:
        self.world.texts(mode)

    @rule(moment=st.sampled_from(("before", "after")))
    def fault(self, moment: str) -> None:
        self.world.fault(moment)

    @rule(first=st.integers(0, 20), days=st.integers(1, 3))
    def book_days(self, first: int, days: int) -> None:
        self.world.book_days(first * 3, days)

    @rule(first=st.integers(0, 20))
    def invite(self, first: int) -> None:
        self.world.invite(first)

    @rule(seconds=st.sampled_from((5, 60, 60, 300, 4000)))
    def time_passes(self, seconds: int) -> None:
        self.world.time_passes(seconds)


@pytest.mark.timeout(0)
def test_bookings_move_with_their_series_and_no_copy_is_written_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    OutsideMachine.begin = staticmethod(lambda: World(tmp_path_factory.mktemp("outside")))
    run_state_machine_as_test(OutsideMachine, settings=profile(EXAMPLES, STEPS, "OUTSIDE_EXAMPLES"))
