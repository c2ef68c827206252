"""The simulated Google as a program: real sockets, real client, real credentials."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from google.oauth2.credentials import Credentials
from google_in_process import ASKED, BOTH, ROOM_A, VERIFIER, meeting
from googleapiclient.discovery import build

from sandbox.google.serving import Server
from sandbox.google.world.world import CLIENT_ID, CLIENT_SECRET, PLANNER, REDIRECTS, World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(World()).start()
    yield running
    running.close()


def connect(server: Server) -> Any:
    """Consent as a person, exchange the code, and build the real client with real credentials."""
    form = {"account": PLANNER, "scope": BOTH, "decision": "allow"}
    address = f"{server.address}/o/oauth2/v2/auth?" + urlencode(ASKED)
    back = requests.post(address, data=form, allow_redirects=False, timeout=60).headers["Location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    exchange = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECTS[0],
        "code_verifier": VERIFIER,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    tokens = requests.post(f"{server.address}/token", data=exchange, timeout=60).json()
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=tokens["refresh_token"],
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        token_uri=f"{server.address}/token",
    )
    options = {"api_endpoint": f"{server.address}/calendar/v3/"}
    return build("calendar", "v3", credentials=credentials, client_options=options, static_discovery=True)


def test_the_real_client_with_real_credentials_works_over_a_socket(server: Server) -> None:
    with connect(server) as calendar:
        event = calendar.events().insert(calendarId=ROOM_A, body=meeting()).execute()
        answer = calendar.events().list(calendarId=ROOM_A, q="Court " + "x" * 0).execute()
        assert [item["id"] for item in answer["items"]] == [event["id"]]
        long = calendar.events().list(calendarId=ROOM_A, q="nothing " * 300).execute()
        assert long["items"] == []
        calendar.events().delete(calendarId=ROOM_A, eventId=event["id"]).execute()
    assert [violation for call in server.world.calls.log for violation in call.violations] == []


def test_a_cut_connection_is_one_on_the_wire(server: Server) -> None:
    requests.post(f"{server.address}/control/faults", json={"action": "reset", "path": "/token"}, timeout=60)
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{server.address}/token", timeout=60)
    assert requests.post(f"{server.address}/token", timeout=60).status_code == 401


def test_messages_arrive_with_an_empty_body_from_the_background(server: Server) -> None:
    arrived, enough = [], threading.Event()

    class Product(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            arrived.append((self.headers["X-Goog-Resource-State"], body))
            self.send_response(200)
            self.end_headers()
            if len(arrived) == 2:
                enough.set()

        def log_message(self, *_: Any) -> None:
            pass

    product = HTTPServer(("127.0.0.1", 0), Product)
    thread = threading.Thread(target=product.serve_forever, daemon=True)
    thread.start()
    body = {"id": "c1", "type": "web_hook", "address": f"http://127.0.0.1:{product.server_port}/"}
    with connect(server) as calendar:
        calendar.events().watch(calendarId=ROOM_A, body=body).execute()
        calendar.events().insert(calendarId=ROOM_A, body=meeting()).execute()
    assert enough.wait(5)
    product.shutdown()
    product.server_close()
    assert arrived == [("sync", b""), ("exists", b"")]


def test_a_taken_port_is_said_in_one_sentence(server: Server) -> None:
    environment = {**os.environ, "SANDBOX_GOOGLE_PORT": str(server.port)}
    command = [sys.executable, "-m", "sandbox.google"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"Port {server.port} is taken: choose another one with SANDBOX_GOOGLE_PORT.\n"
