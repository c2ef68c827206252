"""Speaks to a simulated Google in the same process: googleapiclient's `http` over a WSGI application."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httplib2
from googleapiclient.discovery import build

from sandbox.google.app import create_app
from sandbox.google.world.world import CLIENT_ID, CLIENT_SECRET, PLANNER, REDIRECTS, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.testing import FlaskClient

READONLY = "https://www.googleapis.com/auth/calendar.readonly"
EVENTS = "https://www.googleapis.com/auth/calendar.events"
BOTH = (READONLY, EVENTS)
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ROOM_A, ROOM_B = "room-a@group.calendar.google.com", "room-b@group.calendar.google.com"
HOLIDAYS = "holidays@group.v.calendar.google.com"
ENDPOINT = "http://google.test/calendar/v3/"


class WsgiHttp:
    """Answers googleapiclient's requests from a WSGI application; headers are added to each."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        parts = urlsplit(uri)
        response = self.client.open(
            parts.path,
            base_url=f"{parts.scheme}://{parts.netloc}",
            query_string=parts.query,
            method=method,
            data=body,
            headers={**(headers or {}), **self.headers},
        )
        found = {**{k.lower(): v for k, v in response.headers.items()}, "status": str(response.status_code)}
        return httplib2.Response(found), response.data

    def close(self) -> None:
        pass


@dataclass
class Clock:
    """A clock that only moves when told to."""

    now: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Google:
    """A world, its application, and the messages its channels sent."""

    clock: Clock = field(default_factory=Clock)
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answer = 200
        self.world = World(clock=self.clock, deliver=self._deliver)
        self.app = create_app(self.world)
        self.client = self.app.test_client()

    def _deliver(self, address: str, headers: dict[str, str]) -> int:
        self.sent.append((address, headers))
        return self.answer

    def control(self, method: str, path: str, content: Any = None) -> Any:
        response = self.client.open(f"/control/{path}", method=method, json=content)
        assert response.status_code < 300, response.text
        return response.get_json(silent=True)

    def consent(self, scopes: Sequence[str] = BOTH, account: str = PLANNER, **changed: str) -> dict[str, str]:
        """Give consent as a person; returns what the redirect carries."""
        response = self.client.post(
            "/o/oauth2/v2/auth?" + urlencode({**ASKED, **changed}),
            data={"account": account, "scope": list(scopes), "decision": "allow"},
        )
        assert response.status_code == 302, response.text
        return {name: v[0] for name, v in parse_qs(urlsplit(response.headers["Location"]).query).items()}

    def token(self, **form: str) -> Any:
        secret = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return self.client.post("/token", data={**secret, **form})

    def tokens(self, scopes: Sequence[str] = BOTH, account: str = PLANNER, **changed: str) -> Any:
        code = self.consent(scopes, account, **changed)["code"]
        return self.token(
            grant_type="authorization_code", code=code, redirect_uri=REDIRECTS[0], code_verifier=VERIFIER
        ).get_json()

    def calendar(self, scopes: Sequence[str] = BOTH, account: str = PLANNER) -> Any:
        """Return a real Calendar client that speaks for the account."""
        token = self.tokens(scopes, account)["access_token"]
        http: Any = WsgiHttp(self.client, {"Authorization": f"Bearer {token}"})
        return build("calendar", "v3", http=http, client_options={"api_endpoint": ENDPOINT}, static_discovery=True)

    def violations(self) -> list[str]:
        return [v for call in self.world.calls.log for v in call.violations]


ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECTS[0],
    "response_type": "code",
    "scope": " ".join(BOTH),
    "access_type": "offline",
    "prompt": "consent",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def at(hour: int, day: int = 10, month: int = 3) -> dict[str, str]:
    """An EventDateTime in March 2026 by default, on the wall clock of Amsterdam."""
    return {"dateTime": f"2026-{month:02d}-{day:02d}T{hour:02d}:00:00", "timeZone": "Europe/Amsterdam"}


def meeting(**fields: Any) -> dict[str, Any]:
    """A body for an event from 10 to 11."""
    return {"summary": "Court 1", "start": at(10), "end": at(11), **fields}
