"""Serves lists of events as the simulated Google answers them, each page made once and then given again as it was.

So a measure of those who read the pages does not measure the simulator. A process of its own:
`python -m tests.bench.recorded COUNT FEW` prints its address, an access token and a sync token of each calendar, then
serves; the first calendar has COUNT events, the second FEW.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from werkzeug.test import Client

from sandbox.google.app import create_app
from sandbox.google.events import people, writing
from sandbox.google.world.tokens import Asked
from sandbox.google.world.world import CLIENT_ID, PLANNER, World
from tests.bench.measure import ROOM_A, ROOM_B

SCOPES = ("https://www.googleapis.com/auth/calendar.readonly", "https://www.googleapis.com/auth/calendar.events")
FIRST = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)


def start_of(number: int) -> datetime:
    """Return when an event starts: every quarter of an hour one."""
    return FIRST + timedelta(minutes=15 * (number % 20_000))


def event_id(number: int) -> str:
    return f"bench{number:08}"


def _event(number: int) -> dict[str, Any]:
    start = start_of(number)
    texts = {"summary": f"Zaal A - {number}", "description": f"Training, kleedkamer {number % 9}.\n" * 6 + "----"}
    return {
        "id": event_id(number),
        **texts,
        "location": "Sportlaan 1, Zoetermeer",
        "start": {"dateTime": start.isoformat(), "timeZone": "Europe/Amsterdam"},
        "end": {"dateTime": (start + timedelta(minutes=45)).isoformat(), "timeZone": "Europe/Amsterdam"},
        "attendees": [{"email": f"guest{number % 50}-{each}@example.org"} for each in range(2)],
        "reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 30}]},
        "extendedProperties": {"private": {"ireserve_int": "7", "ireserve_link": f"{number:024}"}},
    }


class Pages:
    """The answers by address, as bytes."""

    def __init__(self, counts: dict[str, int]) -> None:
        world = World(deliver=lambda _address, _headers: 200)
        self._client = Client(create_app(world))
        self._kept: dict[str, bytes] = {}
        code = world.tokens.consent(Asked(CLIENT_ID, "", SCOPES, False, "", None, None), PLANNER, SCOPES)  # noqa: FBT003
        self.token = str(world.tokens.exchange(CLIENT_ID, code, "", None)["access_token"])
        self.sync = {calendar: self._sync_token(calendar) for calendar in counts}
        for calendar, count in counts.items():
            where = people.calendar(world, calendar)
            for number in range(count):
                writing.insert(world, where, _event(number), people.act(where))

    def get(self, address: str) -> bytes:
        if address not in self._kept:
            path, _, query = address.partition("?")
            headers = {"Authorization": f"Bearer {self.token}"}
            answer = self._client.get(path, query_string=query, headers=headers)
            if answer.status_code != 200:
                raise SystemExit(answer.text)
            self._kept[address] = answer.get_data()
        return self._kept[address]

    def _sync_token(self, calendar: str) -> str:
        answer = self.get(f"/calendar/v3/calendars/{calendar}/events?singleEvents=true&maxResults=2500")
        self._kept.clear()
        return str(json.loads(answer)["nextSyncToken"])


def main() -> None:
    pages = Pages({ROOM_A: int(sys.argv[1]), ROOM_B: int(sys.argv[2])})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = {"address": f"http://127.0.0.1:{server.server_port}", "token": pages.token, "sync": pages.sync}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
