"""Checks the rows about Google by reading one calendar, and by writing in a test calendar if one is named."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from sandbox.confirm.finding import Finding, holds

OK, REFUSED = 200, 400
TAKEN = (200, 202)
LOOKED = 2500
EDGE = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"
TEXT = "Een <b>vette</b> regel & nog een\nTweede regel"
YEARS, HALF_A_YEAR = 3, 26  # of a weekly series that is made and deleted; weeks that Google reports of it
ZONE = "Europe/Amsterdam"


@dataclass
class Account:
    """What to check: the interface up to `/calendar/v3`, a calendar to read, and one to write in ("" = only read).

    `room` is a room of Google Workspace that is invited for a moment, if named; `chat` a webhook of a Teams workflow.
    """

    session: requests.Session
    endpoint: str
    calendar: str
    trial: str = ""
    room: str = ""
    chat: str = ""
    chats: requests.Session = field(default_factory=requests.Session)  # without Google's token
    patience: int = 10  # seconds that a room's answer may take
    made: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON of an answer, {} without JSON."""
        answer = self.session.request(method, f"{self.endpoint}/{path}", json=body, params=query, timeout=30)
        try:
            found = answer.json()
        except ValueError:
            found = {}
        return answer.status_code, found if isinstance(found, dict) else {}

    def read(self, path: str, **query: Any) -> dict[str, Any] | None:
        """Return an answer, or None if it is refused."""
        status, found = self.call("GET", path, **query)
        return found if status == OK else None

    def make(self, **fields: Any) -> tuple[int, dict[str, Any]]:
        """Make an event on the test calendar, which is deleted at the end."""
        body = {"summary": "TEST sandbox.confirm", "transparency": "transparent", **_at(60), **fields}
        status, event = self.call("POST", events(self.trial), body, sendUpdates="none", conferenceDataVersion=1)
        if status == OK:
            self.made.append(str(event["id"]))
        return status, event

    def everything(self, **query: Any) -> tuple[list[dict[str, Any]], str]:
        """Return all pages of a list of the test calendar, and its sync token."""
        items: list[dict[str, Any]] = []
        while True:
            page = self.read(events(self.trial), singleEvents="true", maxResults=LOOKED, **query) or {}
            items += page.get("items", [])
            if "nextPageToken" not in page:
                return items, str(page.get("nextSyncToken", ""))
            query["pageToken"] = page["nextPageToken"]


def events(calendar: str) -> str:
    """Return the path of a calendar's events."""
    return f"calendars/{quote(calendar, safe='')}/events"


def ask(account: Account) -> Iterator[Finding]:
    """Give a finding for every row that can be asked about."""
    yield from _reads(account)
    if account.chat:
        yield _card(account)
    if account.trial:
        try:
            yield from _tried(account)
        finally:
            for event in account.made:
                account.call("DELETE", f"{events(account.trial)}/{event}", sendUpdates="none")


def _card(account: Account) -> Finding:
    """Post a card with other fields beside it, as an alert does, to a Teams workflow; that it is shown only people see."""
    text = "TEST sandbox.confirm"
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": [{"type": "TextBlock", "text": f"{text}: is this shown as a card?"}],
    }
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    body = {"type": "message", "attachments": [card], "alert": "test", "title": text, "text": text}
    status = account.chats.post(account.chat, json=body, timeout=30).status_code
    return holds("G30", f"HTTP {status}; look whether the chat shows a card", believed=status in TAKEN)


def _reads(account: Account) -> Iterator[Finding]:
    place = events(account.calendar)
    entry = account.read(f"users/me/calendarList/{quote(account.calendar, safe='')}")
    if entry is None:
        direct = account.read(place, maxResults=1) is not None
        yield holds("G16", "not in the list, reached by id" if direct else "not reached at all", believed=direct)
    else:
        owned = "dataOwner" in entry
        yield holds("G17", f"dataOwner {'shown' if owned else 'not shown'}", believed=owned)
    page = account.read(place, singleEvents="true", maxResults=LOOKED, showDeleted="true")
    if page is None:
        yield Finding("G4", "not told", "the calendar cannot be listed")
        return
    items = page.get("items", [])
    bare = [each for each in items if each.get("status") == "cancelled"]
    yield holds("G5", f"{len(bare)} tombstones, all with an id", believed=all("id" in each for each in bare))
    born = [each for each in items if str(each.get("created", "")).startswith("0000")]
    yield Finding("G10", "as believed" if born else "not told", f"{len(born)} events born in the year 0000")
    years = sorted({str(each.get("start", {}).get("dateTime", ""))[:4] for each in items if each.get("start")})
    yield Finding("G6", "not told" if len(years) < 3 else "as believed", f"years {', '.join(years[-3:])}")


def _tried(account: Account) -> Iterator[Finding]:
    status, event = account.make(description=f"Notitie\n{EDGE}\nJoin with Google Meet\n{EDGE}")
    if status != OK:
        yield Finding("G8", "not told", f"no event could be made: HTTP {status} {_reason(event)}")
        return
    cut = "Join" not in str(event.get("description"))
    yield holds("G8", "its conference block is cut out" if cut else "its conference block stays", believed=cut)
    _, event = account.make(description=TEXT)
    kept = str(event.get("description"))
    yield holds(
        "G25", "a text stays as it is sent" if kept == TEXT else f"{TEXT!r} becomes {kept!r}", believed=kept == TEXT
    )
    status, refused = account.make(attendees=[{"email": "jan..de.boer@example.org"}])
    yield holds("G9", f"HTTP {status} {_reason(refused)} for an odd address", believed=status == REFUSED)
    status, refused = account.make(attendees=[{"displayName": "Tante Jo"}])
    yield holds("G26", f"HTTP {status} {_reason(refused)} for a guest without an address", believed=status == REFUSED)
    start = _at(60)["start"]
    status, refused = account.make(start=start, end=start)
    yield holds("G11", f"HTTP {status} {_reason(refused)} for no length", believed=_reason(refused) == "timeRangeEmpty")
    yield from _labelled(account)
    if account.room:
        yield from _invited(account)
    yield from _series(account)


def _labelled(account: Account) -> Iterator[Finding]:
    """Give an event a label of the test calendar, if that has one, then change its colour and its title in other ways."""
    place = f"calendars/{quote(account.trial, safe='')}"
    shown = account.read(place) or {}
    label = next(iter((shown.get("labelProperties") or {}).get("eventLabels") or ()), None)
    if label is None:
        yield Finding("G31", "not told", "the test calendar has no label of its own")
        return
    _, event = account.make()
    path = f"{events(account.trial)}/{event.get('id')}"
    speaking = {"eventLabelVersion": 1, "sendUpdates": "none"}
    status, answer = account.call("PATCH", path, {"eventLabelId": label["id"], "colorId": "5"}, **speaking)
    taken = status == OK and _label(account, path) == label["id"] and answer.get("colorId") != "5"
    account.call("PATCH", path, {"summary": "TEST sandbox.confirm, labelled"}, sendUpdates="none")
    kept = _label(account, path) == label["id"]
    saw = f"HTTP {status} {_reason(answer)}; the label is {'taken' if taken else 'not taken'}, then {'kept' if kept else 'lost'}"
    yield holds("G31", saw, believed=taken and kept)


def _label(account: Account, path: str) -> Any:
    return (account.read(path) or {}).get("eventLabelId")


def _invited(account: Account) -> Iterator[Finding]:
    """Invite a room, let it decline with a comment, and move the event."""
    entry = account.read(f"users/me/calendarList/{quote(account.room, safe='')}") or {}
    by_itself = bool(entry.get("autoAcceptInvitations"))
    status, event = account.make(attendees=[{"email": account.room}])
    if status != OK:
        yield Finding("G28", "not told", f"the room could not be invited: HTTP {status} {_reason(event)}")
        return
    path = f"{events(account.trial)}/{event['id']}"
    first = _answered(account, path, "needsAction" if by_itself else "")
    own = {"email": account.room, "responseStatus": "declined", "comment": "TEST sandbox.confirm"}
    body = {"attendeesOmitted": True, "attendees": [own]}
    status, refused = account.call("PATCH", f"{events(account.room)}/{event['id']}", body, sendUpdates="none")
    last = _answered(account, path, str(first.get("responseStatus")))
    said = (last.get("responseStatus"), last.get("comment")) == ("declined", own["comment"])
    yield holds("G28", f"HTTP {status} {_reason(refused)}; the organizer sees {last}", believed=said)
    account.call("PATCH", path, _at(61), sendUpdates="none")
    anew = _answered(account, path, "declined")
    asked = anew.get("responseStatus") == ("accepted" if by_itself else "needsAction")
    yield holds("G29", f"answers by itself: {by_itself}; first {first}, moved {anew}", believed=asked)


def _answered(account: Account, path: str, before: str) -> dict[str, Any]:
    """Return the room's entry once it no longer answers as before; after some seconds as it is."""
    found: dict[str, Any] = {}
    for _ in range(account.patience):
        event = account.read(path) or {}
        found = next((each for each in event.get("attendees", []) if each.get("email") == account.room), {})
        if found.get("responseStatus") != before:
            break
        time.sleep(1)
    return {name: found[name] for name in ("responseStatus", "comment") if name in found}


def _series(account: Account) -> Iterator[Finding]:
    """Make a weekly series of three years, try to move one occurrence away, and see how its end is reported."""
    _, token = account.everything()
    status, root = account.make(recurrence=[f"RRULE:FREQ=WEEKLY;COUNT={52 * YEARS}"])
    if status != OK:
        yield Finding("G3", "not told", f"no series could be made: HTTP {status}")
        return
    found, token = account.everything(syncToken=token)
    mine = [each for each in found if each.get("recurringEventId") == root["id"] and each.get("status") != "cancelled"]
    if account.calendar != account.trial and mine:
        moved = f"{events(account.trial)}/{mine[0]['id']}/move"
        _, refused = account.call("POST", moved, destination=account.calendar, sendUpdates="none")
        stays = _reason(refused) == "cannotChangeOrganizerOfInstance"
        yield holds("G13", _reason(refused) or "an occurrence can be moved away", believed=stays)
    else:
        yield Finding("G13", "not told", "name a test calendar beside the one that is looked at")
    account.call("DELETE", f"{events(account.trial)}/{root['id']}", sendUpdates="none")
    told, _ = account.everything(syncToken=token)
    gone = [each for each in told if str(each.get("id", "")).startswith(f"{root['id']}_")]
    believed = len(gone) < len(mine) and abs(len(gone) - HALF_A_YEAR) < HALF_A_YEAR // 2
    yield holds("G3", f"{len(gone)} of {len(mine)} vanished occurrences are told of", believed=believed)


def _at(days: int) -> dict[str, dict[str, str]]:
    start = (datetime.now(UTC) + timedelta(days=days)).replace(hour=3, minute=0, second=0, microsecond=0)
    times = {"start": start, "end": start + timedelta(minutes=30)}
    return {name: {"dateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "timeZone": ZONE} for name, at in times.items()}


def _reason(answer: dict[str, Any]) -> str:
    errors = (answer.get("error") or {}).get("errors") or [{}]
    return str(errors[0].get("reason", ""))
