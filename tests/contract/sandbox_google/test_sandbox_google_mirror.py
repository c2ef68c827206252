"""Whatever happens on a calendar, a client that follows its sync tokens sees what a full list shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from google_in_process import ROOM_A, ROOM_B, Google, at, meeting
from googleapiclient.errors import HttpError


class Mirror:
    """What a client holds that lists once in full and then only what changed."""

    def __init__(self, events: Any, *, single: bool, size: int = 7) -> None:
        self.events, self.single, self.size = events, single, size
        self.held: dict[str, Any] = {}
        self.token: str | None = None

    def pull(self) -> None:
        for _ in self.pages():
            pass

    def pages(self) -> Iterator[dict[str, Any]]:
        """Read what changed; yields what each page shows, by id, before the next one is asked for."""
        query: dict[str, Any] = {"calendarId": ROOM_A, "singleEvents": self.single, "maxResults": self.size}
        if self.token:
            query["syncToken"] = self.token
        while True:
            answer = self.events.list(**query).execute()
            for item in answer["items"]:
                self.held.pop(item["id"], None)
                if item["status"] != "cancelled":
                    self.held[item["id"]] = item
            yield {item["id"]: item for item in answer["items"]}
            if "nextSyncToken" in answer:
                self.token = answer["nextSyncToken"]
                return
            query["pageToken"] = answer["nextPageToken"]

    def full(self) -> dict[str, Any]:
        found = self.events.list(calendarId=ROOM_A, singleEvents=self.single, maxResults=2500).execute()["items"]
        return {item["id"]: item for item in found if item["status"] != "cancelled"}


def act(google: Google, events: Any, chance: random.Random, roots: list[str]) -> None:
    """Do one thing somebody might do; what Google refuses is part of life."""
    instances = events.list(calendarId=ROOM_A, singleEvents=True).execute()["items"]
    target = chance.choice([*roots, *(item["id"] for item in instances)]) if roots else ""
    hour, day = chance.randint(7, 20), chance.randint(1, 28)
    times = {"start": at(hour, day), "end": at(hour + 1, day)}
    deed = chance.choice(["make", "make", "series", "patch", "shift", "delete", "revive", "move", "back", "split"])
    one = {"calendarId": ROOM_A, "eventId": target}
    person = f"calendars/{ROOM_A}/events/{target}"
    if deed in {"make", "series"} or not target:
        rules = [f"RRULE:FREQ={chance.choice(['DAILY', 'WEEKLY'])};COUNT={chance.randint(1, 6)}"]
        body = meeting(**times, **({"recurrence": rules} if deed == "series" else {}))
        roots.append(events.insert(calendarId=ROOM_A, body=body).execute()["id"])
    elif deed == "patch":
        events.patch(**one, body={"summary": f"Title {hour}"}).execute()
    elif deed == "shift":
        events.patch(**one, body=times).execute()
    elif deed == "delete":
        events.delete(**one).execute()
    elif deed == "revive":
        events.patch(**one, body={"status": "confirmed"}).execute()
    elif deed == "move":
        events.move(**one, destination=ROOM_B).execute()
    elif deed == "back":
        events.move(calendarId=ROOM_B, eventId=target, destination=ROOM_A).execute()
    else:
        inside = [item for item in instances if item.get("recurringEventId") == target]
        if inside:
            split = {"at": chance.choice(inside)["originalStartTime"]["dateTime"], "patch": {"summary": "Split"}}
            roots.append(google.control("POST", f"{person}/split", split)["id"])


@pytest.fixture
def google() -> Google:
    return Google()


def somebody_acts(google: Google, events: Any, chance: random.Random, roots: list[str]) -> None:
    try:
        act(google, events, chance, roots)
    except HttpError as refused:
        if refused.status_code not in {403, 404, 409, 410}:
            raise
    google.clock.forward(seconds=7)


@pytest.mark.parametrize("seed", range(12))
def test_following_sync_tokens_gives_what_a_full_list_shows(seed: int, google: Google) -> None:
    events, chance = google.calendar().events(), random.Random(seed)  # noqa: S311 repeatable
    mirrors = [Mirror(events, single=True), Mirror(events, single=False)]
    roots: list[str] = []
    for _ in range(40):
        somebody_acts(google, events, chance, roots)
        if chance.random() < 0.5:
            for mirror in mirrors:
                mirror.pull()
    for mirror in mirrors:
        mirror.pull()
        assert mirror.held == mirror.full()
    assert google.violations() == []


@pytest.mark.parametrize("seed", range(8))
def test_each_page_shows_events_as_they_are_when_it_is_read(seed: int, google: Google) -> None:
    """No event is shown with its new etag and with what it said, or when it was, before somebody changed it."""
    events, chance = google.calendar().events(), random.Random(seed)  # noqa: S311 repeatable
    mirrors = [Mirror(events, single=True, size=2), Mirror(events, single=False, size=2)]
    roots: list[str] = []
    for _ in range(15):
        for mirror in mirrors:
            for shown in mirror.pages():
                there = mirror.full()
                assert {name: item for name, item in shown.items() if item["status"] != "cancelled"} == {
                    name: there[name] for name in shown if name in there
                }
                somebody_acts(google, events, chance, roots)
    for mirror in mirrors:
        mirror.pull()
        assert mirror.held == mirror.full()
    assert google.violations() == []
