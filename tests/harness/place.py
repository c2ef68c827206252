"""The whole product in one process: both simulators over WSGI, a store in memory, a clock that only tests move.

All actions of people and other systems go over HTTP: `product` calls the product's routes and JSON API, `google` and
`ireserve` the simulators' control APIs. Webhooks and notifications go to the product's own routes. `settle` runs tasks
in the order in which they are due, on the test's thread.
"""

import itertools
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httplib2
from werkzeug.test import Client, TestResponse

from functions.adapters.google.calendar import GoogleCalendars
from functions.adapters.google.oauth import GoogleConsent, credentials
from functions.adapters.ireserve.client import IReserve
from functions.adapters.platform.lazy import Lazy
from functions.adapters.platform.outside import secret_of
from functions.adapters.secrets.file_secrets import FileSecrets
from functions.adapters.sqlite.file import SqliteFile
from functions.application import dispatch as work
from functions.application.finding.names import Catalogue
from functions.application.intake.hints import Kind
from functions.application.ports import Addresses, Alert, Calendars, Documents, Ports, Reservations
from functions.application.scanning import rounds
from functions.application.store.dialect_validation import dialect_of
from functions.domain.model.errors import Transient
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import AlertSettings
from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.authenticator import key_authenticator
from functions.entrypoints.http.handlers import handlers
from functions.entrypoints.http.key_proof import KeyProof
from functions.entrypoints.http.serve import whole_app
from sandbox.google.app import create_app as google_app
from sandbox.google.world.world import World
from sandbox.ireserve.app import create_app as ireserve_app
from sandbox.ireserve.tenant.tenant import Tenant
from tests.harness import people
from tests.harness.kept import Kept, keep, put_back
from tests.harness.stores import InMemory, OnDisk
from tests.harness.views import Direct, Gated, at_once
from tests.harness.wires import Session, Wire, lean

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 09:00 in Amsterdam
PRODUCT, GOOGLE, IRESERVE = "http://127.0.0.1:8080", "https://google.test", "https://tenant.i-reserve.test"
KEY, WEBHOOK_KEY = "console-key-of-the-tests", "webhook-key-of-the-tests"
ROOM_A, ROOM_B, HOLIDAYS, when = people.ROOM_A, people.ROOM_B, people.HOLIDAYS, people.when
PLANNER, GUEST = "planner@example.org", "guest@example.org"
CLIENT_ID, CLIENT_SECRET, PASSWORD = "sandbox-client.apps.googleusercontent.com", "sandbox-secret", "sandbox"
SCOPES = (
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
)
SECRETS = {"google_client_secret": CLIENT_SECRET, "ireserve_password": PASSWORD}


def example(int_id: str = "7", **changes: Any) -> dict[str, Any]:
    """Return settings in the API's shape; named parts are merged into the example's."""
    base: dict[str, Any] = {
        "id": int_id,
        "name": "Sportcentrum Noord",
        "ireserve": {"base_url": f"{IRESERVE}/api/rest", "username": "api_calendar"},
        "google": {"client_id": CLIENT_ID},
        "outbound": {},
        "mapping": [{"object": "10", "calendar": ROOM_A}, {"object": "11", "calendar": ROOM_B}],
        "inbound": {},
        "sync": {},
    }
    for name, change in changes.items():
        base[name] = {**base[name], **change} if isinstance(change, dict) and name in base else change
    return base


class _Outdoors:
    """Everything with routes, whose set-up takes longer than most tests; used by one place at a time."""

    free: ClassVar[list["_Outdoors"]] = []

    def __init__(self, place: "Place") -> None:
        self.place = place
        self.world = World(clock=lambda: self.place.now, seed=7, deliver=place._notify)
        self.tenant = Tenant(now=lambda: self.place.now, deliver=place._webhook, sleep=place.pass_time)
        google, ireserve = lean(google_app(self.world)), lean(ireserve_app(self.tenant))
        self.google = Wire(google, at_once(Direct(google).answer))
        self.ireserve = Wire(ireserve, at_once(Gated(ireserve, self.tenant).answer))
        self._made: tuple[Ports, KeySessions, Catalogue, Client] | None = None

    def product(self, place: "Place", composed: Ports) -> tuple[Ports, Client]:
        """Return the product over these ports, as after a start; every place uses the same object."""
        if self._made is None:
            sessions, catalogue = KeySessions(composed, KeyProof(composed, KEY)), Catalogue(composed)
            self._made = (composed, sessions, catalogue, Client(place.app(composed, sessions, catalogue)))
        ports, sessions, catalogue, client = self._made
        for each in fields(Ports):
            setattr(ports, each.name, getattr(composed, each.name))
        sessions._proof.forget()
        catalogue.forget()
        return ports, client

    @classmethod
    def of(cls, place: "Place") -> "_Outdoors":
        """Return simulators as after a reset."""
        if not cls.free:
            return cls(place)
        outdoors = cls.free.pop()
        outdoors.place, world, tenant = place, outdoors.world, outdoors.tenant
        world.deliver, tenant.deliver, tenant.sleep = place._notify, place._webhook, place.pass_time
        world.reset()
        tenant.reset()
        return outdoors


class Place(people.People):
    """One product with both its outside systems. Times in answers are as the systems give them.

    Its store is in memory; a test that looks into the file, or is about it, takes a place `on_disk`.
    """

    def __init__(self, directory: Path, start: datetime = START, *, on_disk: bool = False) -> None:
        self.now, self.directory = start, directory
        self.google_skew = timedelta()
        self._outdoors = _Outdoors.of(self)
        self._google, self._ireserve = self._outdoors.google, self._outdoors.ireserve
        self.store: InMemory | OnDisk = (
            OnDisk(directory / "sync.sqlite", lambda: self.now) if on_disk else InMemory(lambda: self.now)
        )
        self.documents, self.tasks = self.store.documents, self.store.tasks
        self.secrets = FileSecrets(directory / "secrets.json")
        self.log: list[dict[str, object]] = []
        self.told: list[tuple[str, Alert]] = []
        self._numbers: Iterator[int] = itertools.count(1)
        self.ports, self._product = self._outdoors.product(self, self.compose(self.documents))
        self._hints = Wire(self._product.application)
        self._composed = self._ports_now()
        self._untouched = True  # nothing has been done yet

    @property
    def world(self) -> World:
        """The state of the simulated Google."""
        self._untouched = False
        return self._outdoors.world

    @property
    def tenant(self) -> Tenant:
        """The simulated i-Reserve."""
        self._untouched = False
        return self._outdoors.tenant

    @property
    def file(self) -> SqliteFile:
        """The file of a place on disk."""
        assert isinstance(self.store, OnDisk), "this place is in memory; take one that is on disk"
        return self.store.file

    def leave(self) -> None:
        """Release the simulators for the next place; this one ends."""
        _Outdoors.free.append(self._outdoors)

    def compose(self, documents: Documents) -> Ports:
        """Return ports over a store."""
        addresses = Addresses(PRODUCT, PRODUCT, PRODUCT, PRODUCT)
        consent = GoogleConsent(
            self._http,
            auth_uri=f"{GOOGLE}/o/oauth2/v2/auth",
            token_uri=f"{GOOGLE}/token",
            revoke_uri=f"{GOOGLE}/revoke",
        )
        return Ports(
            documents=documents,
            consents=documents,
            secrets=self.secrets,
            tasks=self.tasks,
            outside=_Outside(self),
            consent=consent,
            clock=lambda: self.now,
            token=lambda length: f"t{next(self._numbers):0{max(8, length)}d}",
            webhook_keys=(WEBHOOK_KEY,),
            addresses=addresses,
            alarm=self,
            log=self._note,
            in_parallel=lambda pieces: [piece() for piece in pieces],
            sleep=self.pass_time,
        )

    def _ports_now(self) -> list[int]:
        return [id(getattr(self.ports, each.name)) for each in fields(Ports)]

    def app(
        self, ports: Ports, sessions: KeySessions | None = None, catalogue: Catalogue | None = None
    ) -> Callable[..., Any]:
        """Return the whole product as one WSGI application."""
        self._untouched = False
        sessions = sessions or KeySessions(ports, KeyProof(ports, KEY))
        return whole_app(
            ports,
            handlers(key_authenticator(sessions._proof)),
            console_app(ports, sessions, secure=False, catalogue=catalogue),
        )

    @property
    def application(self) -> Callable[..., Any]:
        """The product that `request` calls; its templates are loaded."""
        asked: Callable[..., Any] = self._product.application
        return asked

    # time and work

    def pass_time(self, seconds: float) -> None:
        """Advance the clock, without running tasks."""
        self._untouched = False
        self.now += timedelta(seconds=seconds)

    def settle(self, seconds: float = 12.0) -> int:
        """Run every task that becomes due within this many seconds, in order, advancing the clock; returns how many."""
        until, done = self.now + timedelta(seconds=seconds), 0
        while True:
            self.world.channels.pump()
            due = self.tasks.next_due()
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            done += self.do_one()
        self.now = max(self.now, until)
        self.world.channels.pump()
        return done

    def do_one(self) -> bool:
        """Run the first task that is due; if `work.run` raises, the task is put back as the queue would."""
        leased = self.tasks.lease(self.now, "", 90)
        if leased is None:
            return False
        task, receipt = leased
        try:
            work.run(self.ports, task.body)
        except Transient:
            self.tasks.release(receipt, self.now + timedelta(seconds=5))
        else:
            self.tasks.done(receipt)
        return True

    def tick(self) -> None:
        """Run the round of each minute, as the timer would."""
        rounds.queue_all(self.ports, Kind.TICK)
        self.settle(1)

    def renew(self) -> None:
        """Run the hourly renewal, as the timer would."""
        rounds.queue_all(self.ports, Kind.RENEW)
        self.settle(1)

    # HTTP

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call any route of the product; only `headers` can carry a proof."""
        self._untouched = False
        return self._product.open(path, method=method, base_url=PRODUCT, **options)

    def api(self, method: str, path: str = "", body: Any = None, status: int | None = None) -> Any:
        """Call the JSON API below `/console/api/integrations` with the key; any success, or exactly `status`."""
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = self.request(method, f"/console/api/integrations{path}", json=body, headers=headers)
        good = answer.status_code == status if status else answer.status_code < 400
        assert good, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.get_json(silent=True)

    def google(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of the simulated Google."""
        self._untouched = False
        answer = self._google.open(f"/control/{path}", method=method, json=body)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def ireserve(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of the simulated i-Reserve."""
        self._untouched = False
        answer = self._ireserve.open(f"/control/{path}", method=method, json=body)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    # set-up

    def save(self, int_id: str = "7", status: int | None = None, secrets: Any = SECRETS, **changes: Any) -> Any:
        """Save the example's settings with changes."""
        return self.api("PUT", f"/{int_id}", {**example(int_id, **changes), "secrets": secrets}, status)

    def consent(
        self,
        int_id: str = "7",
        account: str = PLANNER,
        scopes: tuple[str, ...] = SCOPES,
        decision: str = "allow",
        browser: Client | None = None,
    ) -> TestResponse:
        """Go through Step 1 as a browser would; returns the answer of the product's redirect route."""
        redirect = f"{PRODUCT}/integrations/redirect/{int_id}"
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect]}
        self.google("POST", "clients", client)
        begin = f"/integrations/consent/{int_id}"
        with_key = {"Authorization": f"Bearer {KEY}"}
        first = browser.get(begin, base_url=PRODUCT) if browser else self.request("GET", begin, headers=with_key)
        assert first.status_code == 303, first.text
        page = urlsplit(first.headers["Location"])
        form = {"account": account, "scope": list(scopes), "decision": decision}
        second = self._google.post(page.path, query_string=page.query, data=form)
        back = urlsplit(second.headers["Location"])
        return self.request("GET", f"{back.path}?{back.query}")

    def connect(self, int_id: str = "7", **consent: Any) -> Any:
        """Go through Step 1 and Step 2."""
        self.consent(int_id, **consent)
        return self.step_two(int_id, consent.get("account", PLANNER))

    def step_two(self, int_id: str = "7", account: str = PLANNER) -> Any:
        """Run Step 2 as a program that knows whose account it connects."""
        return self.api("POST", f"/{int_id}/connect", {"confirm": account})

    def activate(self, int_id: str = "7", **changes: Any) -> Any:
        """Save, connect, activate and finish the backfill; as a place's first action it is done once and then
        copied."""
        key = repr((type(self.store), self.now, int_id, sorted(changes.items())))
        first = (
            self._untouched and type(self) is Place and self._ports_now() == self._composed and self.store.is_empty()
        )
        if first and key in _Activated.kept:
            return _Activated.kept[key].give(self)
        self.save(int_id, **changes)
        self.connect(int_id)
        activated = self.api("POST", f"/{int_id}/activate")
        self.settle()
        if first:
            _Activated.kept[key] = _Activated.of(self, activated)
        return activated

    # what the product did

    def calls(self) -> list[str]:
        """Return the calls of the product to Google since `forget`, by their published names, without those for tokens."""
        return [call.api for call in self.world.calls.log if call.api and not call.api.startswith("oauth.")]

    def ireserve_calls(self) -> list[str]:
        """Return the calls of the product to i-Reserve since `forget`, such as `GET booking/1001`."""
        return [f"{call['method']} {call['path'].removeprefix('/api/rest/')}" for call in self.tenant.calls.since(0)]

    def forget(self) -> None:
        """Forget the calls so far."""
        self.world.calls.log.clear()
        self.tenant.calls.clear()

    def violations(self) -> list[str]:
        """Return the violations of Google's discovery document in the product's calls."""
        return [violation for call in self.world.calls.log for violation in call.violations]

    def journal(self, int_id: str = "7") -> list[dict[str, Any]]:
        """Return the journal, oldest first."""
        return list(reversed(self.api("GET", f"/{int_id}/journal")))

    # wires

    def send(self, where: AlertSettings, alert: Alert) -> None:
        """The port `Alarm`, which records the alerts."""
        self.told.append((where.email or where.webhook_url, alert))

    def _http(self) -> "_GoogleHttp":
        return _GoogleHttp(self._google)

    def _webhook(self, url: str, body: Any) -> int:
        parts = urlsplit(url)
        return self._told(parts.path, query_string=parts.query, data=json.dumps(body))

    def _notify(self, address: str, headers: Mapping[str, str]) -> int:
        return self._told(urlsplit(address).path, headers=headers)

    def _told(self, path: str, **options: Any) -> int:
        self._untouched = False
        return self._hints.post(path, base_url=PRODUCT, **options).status_code

    def _note(self, event: str, fields: Mapping[str, object]) -> None:
        self.log.append({"event": event, **fields})


@dataclass(frozen=True)
class _Activated:
    """A place right after its activation, from which others start."""

    place: Kept
    secrets: bytes
    now: datetime
    told: bytes  # the log and the answer: to unpickle them takes a tenth of copying them

    kept: ClassVar[dict[str, "_Activated"]] = {}

    @classmethod
    def of(cls, place: Place, answer: Any) -> "_Activated":
        secrets = place.directory / "secrets.json"
        return cls(keep(place), secrets.read_bytes(), place.now, pickle.dumps((place.log, answer)))

    def give(self, place: Place) -> Any:
        secrets = place.directory / "secrets.json"
        secrets.touch(0o600)
        secrets.write_bytes(self.secrets)
        put_back(place, self.place)
        place.now = self.now
        log, answer = pickle.loads(self.told)  # noqa: S301 -- written by `of`
        place.log.extend(log)
        return answer


class _GoogleHttp:
    """The transport of Google's libraries."""

    def __init__(self, client: Wire) -> None:
        self._client = client

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_options: Any
    ) -> tuple[Any, bytes]:
        parts = urlsplit(uri)
        try:
            answer = self._client.open(
                parts.path, base_url=GOOGLE, query_string=parts.query, method=method, data=body, headers=headers
            )
        except ConnectionResetError:
            raise Transient("Google could not be reached.", reason="unreachable") from None
        found = {name.lower(): value for name, value in answer.headers.items()}
        return httplib2.Response({**found, "status": str(answer.status_code)}), answer.data


class _Outside:
    """The port `Outside` over both simulators."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._kept: dict[tuple[str, ...], Any] = {}

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        who: Any = Lazy(lambda: self._credentials_of(integration, refresh_token))
        endpoint, zone = f"{GOOGLE}/calendar/v3/", integration.settings.timezone
        return GoogleCalendars(lambda: _GoogleHttp(self._place._google), who, endpoint=endpoint, zone=zone)

    def _credentials_of(self, integration: Integration, refresh_token: str) -> Any:
        version = refresh_token or integration.secret_versions.get("google_refresh_token", "")
        secret_version = integration.secret_versions.get("google_client_secret", "")
        name = (integration.id, integration.settings.google.client_id, secret_version, version)
        if name not in self._kept:
            token = refresh_token or self._secret(integration, "google_refresh_token")
            secret = self._secret(integration, "google_client_secret")
            self._kept[name] = credentials(integration.settings.google.client_id, secret, token, f"{GOOGLE}/token")
        return self._kept[name]

    def _session(self) -> Any:
        """Return the session through which i-Reserve is called."""
        return Session(self._place)

    def reservations(self, integration: Integration) -> Reservations:
        s = integration.settings
        return IReserve(
            s.ireserve.base_url,
            s.ireserve.username,
            lambda: self._secret(integration, "ireserve_password"),
            s.timezone,
            s.sync.day_end,
            dialect_of(integration.dialect),
            self._session(),
            clock=lambda: self._place.now,
            sleep=self._place.pass_time,
        )

    def clock_of(self, address: str) -> datetime | None:
        """The clock of everybody, unless a test sets Google's."""
        return None if address else self._place.now + self._place.google_skew

    def _secret(self, integration: Integration, name: str) -> str:
        return secret_of(self._place.secrets, integration, name)
