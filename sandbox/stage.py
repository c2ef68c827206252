"""The product and both simulators as separate processes, driven over HTTP only."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Any, Self, TypeVar
from urllib.parse import quote

import requests

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 180.0  # seconds to wait for anything on a busy machine, a lease of 90 too; usually it takes one
KEY = "sandbox-console-key"
ROOM_A = "room-a@group.calendar.google.com"
ROOM_B = "room-b@group.calendar.google.com"
CLIENT_ID = "sandbox-client.apps.googleusercontent.com"
SCOPES = (
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
)
SECRETS = {"google_client_secret": "sandbox-secret", "ireserve_password": "sandbox"}


class StageError(Exception):
    """The stage could not be set up; the message is one sentence for a person."""


_RANGE = range(15_000, 30_000)  # below the outgoing connections, so that none of them takes a port before it is used
_KEPT = 100  # more than any stage is given before it listens
_kept = deque[socket.socket]()


@atexit.register
def _let_go() -> None:
    while _kept:
        _kept.popleft().close()


def free_port(among: Sequence[int] = _RANGE) -> int:
    """Return a free port, another one each time and in each process; raises StageError if there is none.

    Whoever is given one keeps the UDP port of its number for a while: otherwise two that start at once might be given
    the same, as neither listens yet.
    """
    for port in SystemRandom().sample(among, min(len(among), 1000)):
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
            with socket.socket() as found:
                found.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        _kept.append(mark)
        if len(_kept) > _KEPT:
            _kept.popleft().close()
        return port
    raise StageError(f"There is no free port between {among[0]} and {among[-1]}.")


def settings(ireserve: str, int_id: str = "7", **changes: Any) -> dict[str, Any]:
    """Return the settings of the example integration; `outbound`, `inbound`, `sync`, `mapping` are laid over them."""
    base: dict[str, Any] = {
        "id": int_id,
        "name": "Sportcentrum Noord",
        "language": "nl",
        "ireserve": {"base_url": f"{ireserve}/api/rest", "username": "api_calendar"},
        "google": {"client_id": CLIENT_ID},
        "outbound": {"create_on_status": [10, 20, 30, 40], "delete_on_status": [70, 80]},
        "mapping": [
            {"object": "10", "calendar": ROOM_A},
            {"object": "11", "calendar": ROOM_B},
            {"object": "*", "calendar": "primary"},
        ],
        "inbound": {},
        "sync": {},
    }
    for name, change in changes.items():
        base[name] = (
            {**base[name], **change} if isinstance(change, dict) and isinstance(base.get(name), dict) else change
        )
    return base


class Stage:
    """The three programs. `ports` are (product, Google, i-Reserve); without them free ones are taken."""

    def __init__(
        self,
        state_dir: Path | None = None,
        ports: tuple[int, int, int] | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        quiet: bool = True,
    ) -> None:
        self._kept = tempfile.TemporaryDirectory(prefix="stage-") if state_dir is None else None
        self.state_dir = state_dir or Path(self._kept.name if self._kept else "")
        self.ports = ports or (free_port(), free_port(), free_port())
        self.product, self.google, self.ireserve = (f"http://127.0.0.1:{port}" for port in self.ports)
        self._environment = dict(environment or {})
        self._quiet = quiet
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._http = requests.Session()
        self._http.trust_env = False

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        """Return the environment of the product."""
        return {
            **os.environ,
            "BACKEND": "standalone",
            "PORT": str(self.ports[0]),
            "BASE_URL": self.product,
            "STATE_DIR": str(self.state_dir),
            "CONSOLE_KEY": KEY,
            "ALLOW_PRIVATE_ADDRESSES": "true",
            "GOOGLE_AUTH_URI": f"{self.google}/o/oauth2/v2/auth",
            "GOOGLE_TOKEN_URI": f"{self.google}/token",
            "GOOGLE_REVOKE_URI": f"{self.google}/revoke",
            "CALENDAR_API_ENDPOINT": f"{self.google}/calendar/v3/",
            "SANDBOX_GOOGLE_PORT": str(self.ports[1]),
            "SANDBOX_IRESERVE_PORT": str(self.ports[2]),
            "PYTHONUNBUFFERED": "1",
            **self._environment,
        }

    def start(self) -> None:
        """Start all three and wait until they answer."""
        self.launch("google", "-m", "sandbox.google")
        self.launch("ireserve", "-m", "sandbox.ireserve")
        self.launch("product", "-m", "functions", "serve")
        self.ready("google", f"{self.google}/control/clock")
        self.ready("ireserve", f"{self.ireserve}/control/clock")
        self.ready("product", f"{self.product}/health")
        self.register_client(self.product)

    def register_client(self, redirect: str) -> None:
        """Make the OAuth client, as an administrator does at Google, with this host in its Return urls."""
        redirects = [f"{redirect}/integrations/redirect/{int_id}" for int_id in range(1, 10)]
        body = {"client_id": CLIENT_ID, "client_secret": SECRETS["google_client_secret"], "redirect_uris": redirects}
        self.control("google", "POST", "clients", body)

    def launch(self, name: str, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Start one of our programs; its output goes to a file beside the state, or to the terminal."""
        self.launch_program(name, sys.executable, *command, environment=environment)

    def launch_program(self, name: str, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Start any program, in the same way."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        log = (self.state_dir / f"{name}.log").open("ab") if self._quiet or name != "product" else None
        self._processes[name] = subprocess.Popen(  # noqa: S603 -- our own programs
            command,
            cwd=ROOT,
            env=environment or self.environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        if log is not None:
            log.close()

    def ready(self, name: str, address: str) -> None:
        """Wait until a program answers; raises `StageError` with its output if it ends."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            code = self._processes[name].poll()
            if code is not None:
                said = self.log(name).strip().splitlines()[-3:]
                raise StageError("; ".join(said) or f"{name} ended with code {code}")
            try:
                if self._http.get(address, timeout=10).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise StageError(f"{name} does not answer at {address}")

    def log(self, name: str) -> str:
        """Return a program's output."""
        path = self.state_dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def notes(self) -> str:
        """Return remarks for the end of the demo, or ""."""
        return ""

    def kill(self, name: str) -> None:
        """Kill a program without warning."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def restart_product(self) -> None:
        """Start the product again after a kill, on the same state."""
        self.launch("product", "-m", "functions", "serve")
        self.ready("product", f"{self.product}/health")

    def break_down(self) -> None:
        """Kill the programs that run tasks, without warning."""
        self.kill("product")

    def recover(self) -> None:
        """Start again what `break_down` killed, on the same state."""
        self.restart_product()

    def renew(self) -> None:
        """Start the renewal of watch channels, as the hourly timer does."""
        answer = self._http.post(f"{self.product}/watches/renew", headers=self.proof(), timeout=60)
        if not answer.ok:
            raise StageError(f"POST /watches/renew answered {answer.status_code}")

    def alive(self) -> bool:
        """Whether every program still runs."""
        return all(process.poll() is None for process in self._processes.values())

    def stop(self) -> None:
        """End everything."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        if self._kept is not None:
            self._kept.cleanup()

    # what people and tests do

    def proof(self) -> dict[str, str]:
        """Return an administrator's headers."""
        return {"Authorization": f"Bearer {KEY}"}

    def api(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """Call the product's JSON API; raises `StageError` unless the status is as expected (default: success)."""
        address = f"{self.product}/console/api/integrations{path}"
        answer = self._http.request(method, address, json=body, headers=self.proof(), timeout=60)
        good = answer.status_code == status if status else answer.ok
        if not good:
            raise StageError(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    def control(self, side: str, method: str, path: str, body: Any = None) -> Any:
        """Call the control API of a simulator: `google` or `ireserve`."""
        base = self.google if side == "google" else self.ireserve
        answer = self._http.request(method, f"{base}/control/{path}", json=body, timeout=60)
        if not answer.ok:
            raise StageError(f"{side} {method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    def consent(
        self, int_id: str = "7", account: str = "planner@example.org", scopes: tuple[str, ...] = SCOPES, at: str = ""
    ) -> int:
        """Go through Step 1 as an administrator's browser would; returns the status of the page it ends on.

        `at` is the address of the consent screen where somebody else began.
        """
        begin = f"{self.product}/integrations/consent/{int_id}"
        if not at:
            at = self._http.get(begin, headers=self.proof(), allow_redirects=False, timeout=60).headers["Location"]
        form = {"account": account, "scope": list(scopes), "decision": "allow"}
        second = self._http.post(at, data=form, allow_redirects=False, timeout=60)
        third = self._http.get(second.headers["Location"], allow_redirects=False, timeout=60)
        return third.status_code

    def connect(self, int_id: str = "7", account: str = "planner@example.org") -> Any:
        """Run Step 2 for the consent that came back, as a program that knows whose account it is."""
        return self.api("POST", f"/{int_id}/connect", {"confirm": account})

    def set_up(self, int_id: str = "7", *, activate: bool = True, **changes: Any) -> Any:
        """Make the example integration, connected and (unless told otherwise) active."""
        body = {**settings(self.ireserve, int_id, **changes), "secrets": SECRETS}
        self.api("PUT", f"/{int_id}", body)
        self.consent(int_id)
        self.connect(int_id)
        return self.api("POST", f"/{int_id}/activate") if activate else self.api("GET", f"/{int_id}")

    def booking(self, **fields: Any) -> str:
        """Make a booking in the panel, 10 NEW unless told otherwise, and return its id."""
        made = self.control("ireserve", "POST", "bookings", {"object_id": 10, **fields})
        return str(made["id"])

    def change_booking(self, booking: str, **fields: Any) -> None:
        """Change a booking in the panel."""
        self.control("ireserve", "PATCH", f"bookings/{booking}", fields)

    def read_booking(self, booking: str) -> Any:
        """Read a booking as the panel shows it."""
        return self.control("ireserve", "GET", f"bookings/{booking}")

    def events(self, calendar: str, *, expand: bool = False, deleted: bool = False) -> list[Any]:
        """Return the events of a calendar as its owner sees them."""
        query = f"?expand={int(expand)}&deleted={int(deleted)}"
        found = self.control("google", "GET", f"calendars/{quote(calendar)}/events{query}")
        return list(found["items"] if isinstance(found, dict) else found)

    def until(self, found: Callable[[], T], what: str = "it") -> T:
        """Wait until something is true and return it; raises `StageError` after `PATIENCE`.

        The longer it takes, the less often it looks: each look is work for all programs of the stage.
        """
        began = time.monotonic()
        deadline = began + PATIENCE
        while True:
            value = found()
            if value:
                return value
            if time.monotonic() > deadline:
                raise StageError(f"{what} did not happen within {PATIENCE:.0f} s")
            time.sleep(min(max(0.02, (time.monotonic() - began) / 8), 0.25))
