"""The adapter for Google Calendar, connected to a simulated Google in the same process."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httplib2
from werkzeug.test import Client

from functions.adapters.google.calendar import GoogleCalendars
from functions.adapters.google.oauth import SCOPES, GoogleConsent, credentials
from functions.application.ports import Grant
from sandbox.google.app import create_app
from sandbox.google.world.world import CLIENT_ID, CLIENT_SECRET, PLANNER, REDIRECTS, World

GOOGLE = "https://google.test"
ROOM_A, ROOM_B = "room-a@group.calendar.google.com", "room-b@group.calendar.google.com"
HOLIDAYS = "holidays@group.v.calendar.google.com"
VERIFIER = "v" * 64


class WsgiHttp:
    """What the Google libraries send requests with, over a WSGI application."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_options: Any
    ) -> tuple[Any, bytes]:
        parts = urlsplit(uri)
        answer = self._client.open(
            parts.path, base_url=GOOGLE, query_string=parts.query, method=method, data=body, headers=headers
        )
        found = {name.lower(): value for name, value in answer.headers.items()}
        return httplib2.Response({**found, "status": str(answer.status_code)}), answer.data


class ConnectedGoogle:
    """A simulated Google, a person's consent and the adapter that works with it."""

    def __init__(self, scopes: tuple[str, ...] = SCOPES, account: str = PLANNER, **options: Any) -> None:
        self.world = World()
        self.client = Client(create_app(self.world))
        self.consent = GoogleConsent(
            self.http,
            auth_uri=f"{GOOGLE}/o/oauth2/v2/auth",
            token_uri=f"{GOOGLE}/token",
            revoke_uri=f"{GOOGLE}/revoke",
        )
        self.grant = self.agree(scopes, account)
        self.calendars = self.connect(self.grant.refresh_token, **options)
        self.forget()

    def http(self) -> WsgiHttp:
        return WsgiHttp(self.client)

    def agree(self, scopes: tuple[str, ...] = SCOPES, account: str = PLANNER) -> Grant:
        """Tick the scopes on the consent page as a person, and exchange the code."""
        address = urlsplit(self.consent.address(CLIENT_ID, REDIRECTS[0], "state", VERIFIER))
        form = {"account": account, "scope": list(scopes), "decision": "allow"}
        answer = self.client.post(address.path, query_string=address.query, data=form)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        return self.consent.exchange(CLIENT_ID, CLIENT_SECRET, REDIRECTS[0], code, VERIFIER)

    def connect(self, refresh_token: str, secret: str = CLIENT_SECRET, **options: Any) -> GoogleCalendars:
        return GoogleCalendars(
            self.http,
            credentials(CLIENT_ID, secret, refresh_token, f"{GOOGLE}/token"),
            endpoint=f"{GOOGLE}/calendar/v3/",
            **options,
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.open(f"/control/{path}", method=method, json=body)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def fault(self, **fault: Any) -> None:
        self.control("POST", "faults", fault)

    def forget(self) -> None:
        self.world.calls.log.clear()

    @property
    def calls(self) -> list[str]:
        """The Calendar calls since `forget`, by their published names; those for tokens are not among them."""
        return [call.api for call in self.world.calls.log if call.api and not call.api.startswith("oauth.")]

    @property
    def violations(self) -> list[str]:
        return [violation for call in self.world.calls.log for violation in call.violations]
